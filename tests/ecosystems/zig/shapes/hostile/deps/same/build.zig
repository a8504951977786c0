const std = @import("std");

pub fn build(b: *std.Build) void {
    const same = b.addModule("same", .{ .root_source_file = b.path("same.zig") });
    const other = b.addModule("other", .{ .root_source_file = b.path("other.zig") });
    same.addImport("other", other);
    other.addImport("same", same);
    other.addImport("same/root", same);

    const object = b.addObject(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("object.zig"),
        .target = b.graph.host,
    }) });
    const names = [_][]const u8{
        "install",      "run app", "root/install", "run app",
        "run app #2",   "\x1b[2K\r", "\xff\xfe",   "\u{202e}gnp",
        "mod:root/app", "",
    };
    for (names) |name| {
        const run = b.addSystemCommand(&.{ "true", name });
        run.setName(name);
        object.step.dependOn(&run.step);
    }
    same.addObject(object);
}
