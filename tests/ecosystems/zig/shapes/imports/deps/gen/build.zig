const std = @import("std");

pub fn build(b: *std.Build) void {
    const generator = b.addExecutable(.{ .name = "generator", .root_module = b.createModule(.{
        .root_source_file = b.path("tools/generator.zig"),
        .target = b.graph.host,
    }) });
    _ = b.addModule("named", .{ .root_source_file = generate(b, generator, "named.zig") });
    b.addNamedLazyPath("anonymous.zig", generate(b, generator, "anonymous.zig"));
    _ = b.addNamedWriteFiles("data").addCopyFile(generate(b, generator, "data"), "data.txt");
}

fn generate(b: *std.Build, generator: *std.Build.Step.Compile, name: []const u8) std.Build.LazyPath {
    const run = b.addRunArtifact(generator);
    run.addArg("pub const value = 1;");
    return run.addOutputFileArg(name);
}
