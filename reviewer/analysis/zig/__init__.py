"""Zig: which names of zig's library a file uses, through imports and aliases; what they can do; what a run step's program is made of."""
