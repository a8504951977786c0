"""The real `zig build`, enforced: nothing of it is executed but what was approved, each step in a sandbox of its own."""
