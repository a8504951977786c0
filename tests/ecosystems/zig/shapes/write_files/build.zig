//! Files and folders that programs make, gathered in one folder that another program is given.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const file = b.addSystemCommand(&.{"cp"});
    file.addFileArg(b.path("in.txt"));
    const folder = b.addSystemCommand(&.{ "mkdir", "-p" });

    const gathered = b.addWriteFiles();
    _ = gathered.add("text.txt", "text");
    _ = gathered.addCopyFile(file.addOutputFileArg("copy.txt"), "copy.txt");
    _ = gathered.addCopyDirectory(folder.addOutputDirectoryArg("folder"), "folder", .{});

    const list = b.addSystemCommand(&.{"ls"});
    list.addDirectoryArg(gathered.getDirectory());
    list.expectStdOutEqual("copy.txt\nfolder\ntext.txt\n");
    b.getInstallStep().dependOn(&list.step);
}
