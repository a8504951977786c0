//! Run steps that do what they do not declare, one for each way of it.
const std = @import("std");

const steps = .{
    .{ "honest", "cat \"$1\" >\"$0/copy\"" },
    .{ "always", "cat \"$1\" | cat >\"$0/copy\"" },
    .{ "read", "cat data/hidden.txt >\"$0/copy\"" },
    .{ "many", "cat data/hidden.txt >\"$0/copy\" && cat data/other.txt >>\"$0/copy\"" },
    .{ "machine", "cat /etc/passwd; cat /etc/machine-id >\"$0/copy\"" },
    .{ "carry", "words=$(cat data/hidden.txt) && echo \"$words\" >data/carried.txt" },
    .{ "key", "cat \"$HOME/.ssh/id_ed25519\" >\"$0/copy\"" },
    .{ "write", "echo x >data/planted.txt" },
    .{ "overwrite", "echo x >\"$1\"" },
    .{ "link", "ln -s /root/.ssh \"$0/link\"" },
    .{ "late", "(setsid sh -c 'sleep 1; echo x >\"$0/late\"' \"$0\" >/dev/null 2>&1 &) ; echo done >\"$0/early\"" },
    .{ "variable", "echo \"$REVIEWERS_TOKEN\" >\"$0/copy\"; test -n \"$REVIEWERS_TOKEN\"" },
    .{ "broker", "test -e /run/reviewer" },
    .{ "tolerant", "cat data/hidden.txt 2>/dev/null; echo fine >\"$0/copy\"" },
};

pub fn build(b: *std.Build) void {
    const port = b.option([]const u8, "port", "where somebody listens") orelse "1";
    inline for (steps) |step| add(b, step[0], "/bin/sh", step[1]);
    add(b, "connect", "/bin/bash", b.fmt("exec 3<>/dev/tcp/127.0.0.1/{s} && echo hello >&3 && read -r line <&3 && echo \"$line\" >\"$0/copy\"", .{port}));

    const thief = b.addExecutable(.{ .name = "thief", .root_module = module(b, "src/thief.zig", false) });
    const take = b.addRunArtifact(thief);
    b.step("thief", "").dependOn(&installed(b, take.addOutputDirectoryArg("made"), "thief").step);

    const tests = b.addTest(.{ .root_module = module(b, "src/tests.zig", true) });
    const words = b.addInstallFile(b.path("data/words.txt"), "words.txt");
    words.step.dependOn(&b.addRunArtifact(tests).step);
    b.step("tests", "").dependOn(&words.step);
}

fn add(b: *std.Build, name: []const u8, shell: []const u8, script: []const u8) void {
    const run = b.addSystemCommand(&.{ shell, "-c", script });
    run.has_side_effects = std.mem.eql(u8, name, "always");
    const made = run.addOutputDirectoryArg("made");
    run.addFileArg(b.path("data/words.txt"));
    b.step(name, "").dependOn(&installed(b, made, name).step);
}

fn installed(b: *std.Build, made: std.Build.LazyPath, name: []const u8) *std.Build.Step.InstallDir {
    return b.addInstallDirectory(.{ .source_dir = made, .install_dir = .prefix, .install_subdir = name });
}

fn module(b: *std.Build, source: []const u8, link_libc: bool) *std.Build.Module {
    return b.createModule(.{ .root_source_file = b.path(source), .target = b.graph.host, .link_libc = link_libc });
}
