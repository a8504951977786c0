const std = @import("std");

pub fn build(b: *std.Build) void {
    const run = b.addSystemCommand(&.{ "sh", "-c", "echo 'pub const value = 1;' > \"$0\"" });
    _ = b.addModule("near", .{ .root_source_file = run.addOutputFileArg("near.zig") });
}
