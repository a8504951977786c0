pub const value = @import("other").value;
