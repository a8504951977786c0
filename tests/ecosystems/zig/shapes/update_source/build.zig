//! What a program makes goes back into the project's own folder.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const make = b.addSystemCommand(&.{"cp"});
    make.addFileArg(b.path("in.txt"));
    const update = b.addUpdateSourceFiles();
    update.addCopyFileToSource(make.addOutputFileArg("made.txt"), "made.txt");
    update.addBytesToSource("bytes", "bytes.txt");
    b.getInstallStep().dependOn(&update.step);
}
