pub const value = 3;
