const std = @import("std");

pub fn build(b: *std.Build) void {
    // Compiled for this machine and run while building: reads data/wide.txt, writes tables.zig.
    const generator = b.addExecutable(.{ .name = "generate", .root_module = b.createModule(.{
        .root_source_file = b.path("tools/generate.zig"),
        .target = b.graph.host,
    }) });
    const generate = b.addRunArtifact(generator);
    generate.addFileArg(b.path("data/wide.txt"));
    const tables = generate.addOutputFileArg("tables.zig");

    b.addNamedLazyPath("tables.zig", tables);
}
