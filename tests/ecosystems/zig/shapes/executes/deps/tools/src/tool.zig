//! Writes its first argument to the file that its last one names.
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const args = try init.minimal.args.toSlice(init.arena.allocator());
    const file = try std.Io.Dir.cwd().createFile(init.io, args[args.len - 1], .{});
    try file.writeStreamingAll(init.io, args[1]);
}
