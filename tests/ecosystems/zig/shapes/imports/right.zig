pub const value = 1 + @import("left").one;
