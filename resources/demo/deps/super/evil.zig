//! The program behind the hidden run step. This one only prints a line; it runs as you, so it could do anything you can.
const std = @import("std");

pub fn main() void {
    std.debug.print("super: this program ran because you imported a module\n", .{});
}
