//! Values that the program sees, one of them the path of what a program makes.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const make = b.addSystemCommand(&.{"cp"});
    make.addFileArg(b.path("in.txt"));
    const options = b.addOptions();
    options.addOption(u32, "answer", 42);
    options.addOptionPath("made", make.addOutputFileArg("made.txt"));
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
    }) });
    app.root_module.addOptions("options", options);
    b.installArtifact(app);
}
