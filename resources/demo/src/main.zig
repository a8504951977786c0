const std = @import("std");
const super = @import("super");
const unicode_tables = @import("unicode_tables");
const event_loop = @import("event_loop");

pub fn main() void {
    var loop: event_loop.Loop = .{};
    loop.post(super.answer);
    std.debug.print("event {d}, 'A' is wide: {}\n", .{ loop.next().?, unicode_tables.isWide('A') });
}
