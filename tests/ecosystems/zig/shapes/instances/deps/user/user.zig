pub const value = @import("gen").value;
