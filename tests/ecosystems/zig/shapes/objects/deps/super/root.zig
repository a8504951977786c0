pub const answer = 42;
