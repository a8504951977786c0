pub const answer: u32 = 42;
