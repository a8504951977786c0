const std = @import("std");

pub fn build(b: *std.Build) void {
    const template = b.addSystemCommand(&.{"cp"});
    template.addFileArg(b.path("config.h.txt"));
    const header = b.addConfigHeader(.{
        .style = .{ .cmake = template.addOutputFileArg("config.h.in") },
        .include_path = "config.h",
    }, .{ .ANSWER = 42 });

    const app = b.addLibrary(.{ .name = "app", .root_module = b.createModule(.{
        .target = b.graph.host,
    }) });
    app.root_module.addCSourceFile(.{ .file = b.path("main.c") });
    app.root_module.addConfigHeader(header);
    app.installConfigHeader(header);
    b.installArtifact(app);
}
