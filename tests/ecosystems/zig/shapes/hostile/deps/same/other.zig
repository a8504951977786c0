pub const value = 1;
