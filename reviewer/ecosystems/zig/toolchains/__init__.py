"""Zig compilers: which one fits, and where to get one."""
