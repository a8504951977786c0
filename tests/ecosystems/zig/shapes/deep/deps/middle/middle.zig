pub const value = @import("bottom").value;
