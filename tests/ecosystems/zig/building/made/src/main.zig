const std = @import("std");
const table = @import("table");

pub fn main() void {
    std.debug.print("{s} {d}\n", .{ table.words, table.answer });
}
