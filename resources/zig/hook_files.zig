//! Files, by system calls: the standard library's file API differs between the versions, and a sandboxed configure exists on Linux only.

const std = @import("std");
const linux = std.os.linux;
const Build = std.Build;

/// The exit code tells Reviewer that the hook itself gave up, whatever else was printed.
pub fn fail(comptime why: []const u8) noreturn {
    std.debug.print("reviewer: " ++ why ++ "\n", .{});
    linux.exit_group(97);
}

/// O_EXCL: a report that is there already was written by somebody else.
pub fn save(b: *Build, path: []const u8, bytes: []const u8) void {
    const path_z = b.allocator.allocSentinel(u8, path.len, 0) catch @panic("OOM");
    @memcpy(path_z, path);
    const flags: linux.O = .{ .ACCMODE = .WRONLY, .CREAT = true, .EXCL = true, .NOFOLLOW = true, .CLOEXEC = true };
    const opened = linux.open(path_z, flags, 0o600);
    if (isError(opened)) fail("the report could not be created: it exists already");
    const fd: i32 = @intCast(opened);
    var written: usize = 0;
    while (written < bytes.len) {
        const n = linux.write(fd, bytes.ptr + written, bytes.len - written);
        if (isError(n) or n == 0) fail("the report could not be written");
        written += n;
    }
    _ = linux.close(fd);
}

/// A whole file; null where there is none.
pub fn load(b: *Build, path: []const u8) ?[]const u8 {
    const path_z = b.allocator.allocSentinel(u8, path.len, 0) catch @panic("OOM");
    @memcpy(path_z, path);
    const opened = linux.open(path_z, .{ .CLOEXEC = true }, 0);
    if (isError(opened)) return null;
    const fd: i32 = @intCast(opened);
    defer _ = linux.close(fd);
    var bytes: std.ArrayListUnmanaged(u8) = .empty;
    while (true) {
        bytes.ensureUnusedCapacity(b.allocator, 1 << 16) catch @panic("OOM");
        const room = bytes.unusedCapacitySlice();
        const n = linux.read(fd, room.ptr, room.len);
        if (isError(n)) return null;
        if (n == 0) return bytes.items;
        bytes.items.len += n;
    }
}

pub fn isError(result: usize) bool {
    return @as(isize, @bitCast(result)) < 0;
}
