pub const value = @import("right").value;
pub const one = 1;
