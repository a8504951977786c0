const std = @import("std");

pub fn build(b: *std.Build) void {
    const writer = b.addExecutable(.{ .name = "writer", .root_module = b.createModule(.{
        .root_source_file = b.path("tools/writer.zig"),
        .target = b.graph.host,
    }) });

    const app = b.addLibrary(.{ .name = "app", .root_module = b.createModule(.{
        .target = b.graph.host,
    }) });
    const module = app.root_module;
    module.addCSourceFile(.{ .file = b.path("main.c"), .flags = &.{"-Wall"} });
    module.addCSourceFile(.{ .file = write(b, writer, "int one(void) { return 1; }", "one.c") });
    module.addCSourceFiles(.{
        .root = write(b, writer, "int two(void) { return 2; }", "two.c").dirname(),
        .files = &.{"two.c"},
    });
    module.addIncludePath(b.path("include"));
    module.addIncludePath(write(b, writer, "int one(void);", "one.h").dirname());
    module.addSystemIncludePath(write(b, writer, "int two(void);", "two.h").dirname());
    module.addAssemblyFile(write(b, writer, "", "empty.s"));
    module.addCMacro("THREE", "3");
    b.installArtifact(app);
}

fn write(b: *std.Build, writer: *std.Build.Step.Compile, text: []const u8, name: []const u8) std.Build.LazyPath {
    const run = b.addRunArtifact(writer);
    run.addArg(text);
    return run.addOutputFileArg(name);
}
