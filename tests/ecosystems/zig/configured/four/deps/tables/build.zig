const std = @import("std");

pub fn build(b: *std.Build) void {
    const generator = b.addExecutable(.{ .name = "generate", .root_module = b.createModule(.{
        .root_source_file = b.path("generate.zig"),
        .target = b.graph.host,
    }) });
    const generate = b.addRunArtifact(generator);
    generate.addFileArg(b.path("data.txt"));
    generate.setEnvironmentVariable("MODE", "wide");
    b.addNamedLazyPath("tables.zig", generate.addOutputFileArg("tables.zig"));

    const list = b.addSystemCommand(&.{ "sort", "-u" });
    list.addDirectoryArg(b.path("lists"));
    list.setStdIn(.{ .bytes = "b\na\n" });
    list.setCwd(b.path("."));
    const files = b.addWriteFiles();
    b.addNamedLazyPath("list.zig", files.addCopyFile(captured(list), "list.zig"));
}

/// 0.16 gave it options.
fn captured(run: *std.Build.Step.Run) std.Build.LazyPath {
    const parameters = @typeInfo(@TypeOf(std.Build.Step.Run.captureStdOut)).@"fn";
    const count = if (@hasField(@TypeOf(parameters), "params")) parameters.params.len else parameters.param_types.len;
    return if (count == 1) run.captureStdOut() else run.captureStdOut(.{});
}
