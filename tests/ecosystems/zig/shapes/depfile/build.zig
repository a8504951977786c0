//! The program itself says, in a file that zig reads, on what else its output depends.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const run = b.addSystemCommand(&.{ "sh", "-c", "cp \"$0\" \"$1\" && printf '%s: %s' \"$1\" \"$0\" > \"${2#-MF}\"" });
    run.addFileArg(b.path("in.txt"));
    const out = run.addOutputFileArg("out.txt");
    _ = run.addPrefixedDepFileOutputArg("-MF", "out.d");
    b.getInstallStep().dependOn(&b.addInstallFile(out, "out.txt").step);
}
