const std = @import("std");

pub fn build(b: *std.Build) void {
    const value = b.option([]const u8, "value", "What it is") orelse "0";
    const run = b.addSystemCommand(&.{ "sh", "-c", "echo \"pub const value = $0;\" > \"$1\"", value });
    _ = b.addModule("gen", .{ .root_source_file = run.addOutputFileArg("gen.zig") });
}
