//! A static library that waits for a program, brings a header of a generated tree, and an object file that a program copies.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const header = b.addSystemCommand(&.{ "cp", "deep.h.txt" });
    header.setCwd(b.path("."));
    const generated = header.addOutputFileArg("deep.h");

    const deep = b.addLibrary(.{ .name = "deep", .linkage = .static, .root_module = b.createModule(.{
        .root_source_file = b.path("deep.zig"),
        .target = b.graph.host,
    }) });
    deep.installHeader(generated, "deep.h");
    deep.step.dependOn(&b.addSystemCommand(&.{"true"}).step);
    b.installArtifact(deep);

    const made = b.addObject(.{ .name = "made", .root_module = b.createModule(.{
        .root_source_file = b.path("made.zig"),
        .target = b.graph.host,
    }) });
    const copy = b.addSystemCommand(&.{"cp"});
    copy.addArtifactArg(made);
    b.addNamedLazyPath("made.o", copy.addOutputFileArg("made.o"));
}
