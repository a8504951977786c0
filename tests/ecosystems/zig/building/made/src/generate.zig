//! Writes a table of words, by system calls: the library's files differ between the versions.
const std = @import("std");
const linux = std.os.linux;

extern fn answer() u32;

pub export fn main(count: c_int, words: [*]const [*:0]const u8) c_int {
    _ = count;
    var buffer: [4096]u8 = undefined;
    var length: usize = 0;
    add(&buffer, &length, "pub const words =\n");
    copy(&buffer, &length, words[1]);
    copy(&buffer, &length, "data/extra.txt");
    add(&buffer, &length, ";\npub const answer = ");
    add(&buffer, &length, if (answer() == 42) "42;\n" else "0;\n");
    const out = linux.open(words[2], .{ .ACCMODE = .WRONLY, .CREAT = true, .TRUNC = true }, 0o644);
    if (linux.write(@intCast(out), &buffer, length) != length) return 1;
    return 0;
}

fn add(buffer: []u8, length: *usize, text: []const u8) void {
    @memcpy(buffer[length.*..][0..text.len], text);
    length.* += text.len;
}

/// Each line of the file as one of zig's multiline strings.
fn copy(buffer: []u8, length: *usize, path: [*:0]const u8) void {
    const file = linux.open(path, .{}, 0);
    var text: [1024]u8 = undefined;
    const n = linux.read(@intCast(file), &text, text.len);
    if (@as(isize, @bitCast(n)) < 0) linux.exit_group(9);
    var lines = std.mem.tokenizeScalar(u8, text[0..n], '\n');
    while (lines.next()) |line| {
        add(buffer, length, "    \\\\");
        add(buffer, length, line);
        add(buffer, length, "\n");
    }
}
