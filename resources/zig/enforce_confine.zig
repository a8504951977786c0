//! From zig 0.17 on a process of its own makes what was configured. So the process that runs build code needs to write nowhere but where the
//! report goes, and is kept from it by the kernel: a package that could write zig's caches could put another program in the place of one
//! that zig has built for a step of somebody else, with what that step was granted. Up to 0.16 the same process makes, and writes them.

const std = @import("std");
const files = @import("reviewer_hook_files.zig");
const linux = std.os.linux;

// linux/landlock.h
const write_file = 1 << 1;
const remove_and_make = (1 << 13) - (1 << 4);
const refer = 1 << 13;
const truncate = 1 << 14;

/// In these folders alone, those that are not there left out, can this thread and what it starts write from now on. Nothing is done
/// where the kernel has no Landlock: there no enforced build begins.
pub fn confine(folders: []const []const u8) void {
    const version = linux.syscall3(.landlock_create_ruleset, 0, 0, 1);
    if (files.isError(version)) return;
    var handled: [1]u64 = .{write_file | remove_and_make};
    if (version >= 2) handled[0] |= refer;
    if (version >= 3) handled[0] |= truncate;
    const ruleset = linux.syscall3(.landlock_create_ruleset, @intFromPtr(&handled), @sizeOf(@TypeOf(handled)), 0);
    if (files.isError(ruleset)) files.fail("build code cannot be kept from writing");
    for (folders) |folder| allow(ruleset, handled[0], folder);
    const set_no_new_privs = 38;
    _ = linux.syscall5(.prctl, set_no_new_privs, 1, 0, 0, 0);
    if (files.isError(linux.syscall2(.landlock_restrict_self, ruleset, 0))) files.fail("build code cannot be kept from writing");
    _ = linux.syscall1(.close, ruleset);
}

fn allow(ruleset: usize, access: u64, folder: []const u8) void {
    var path: [4096]u8 = undefined;
    if (folder.len >= path.len) return;
    @memcpy(path[0..folder.len], folder);
    path[folder.len] = 0;
    const at_cwd: usize = @bitCast(@as(isize, -100));
    const only_path, const closed_on_exec = .{ 0o10000000, 0o2000000 };
    const opened = linux.syscall4(.openat, at_cwd, @intFromPtr(&path), only_path | closed_on_exec, 0);
    if (files.isError(opened)) return;
    const Rule = extern struct { access: u64 align(4), fd: i32 align(4) };
    const rule: Rule = .{ .access = access, .fd = @intCast(opened) };
    const path_beneath = 1;
    if (files.isError(linux.syscall4(.landlock_add_rule, ruleset, path_beneath, @intFromPtr(&rule), 0))) files.fail("a folder cannot be written");
    _ = linux.syscall1(.close, opened);
}
