//! JSON, written piece by piece into memory: the standard library's own writer differs between the versions.

const std = @import("std");

pub const Json = struct {
    arena: std.mem.Allocator,
    out: std.ArrayListUnmanaged(u8) = .empty,

    pub fn comma(w: *Json, i: usize) void {
        if (i != 0) w.raw(",");
    }

    pub fn raw(w: *Json, bytes: []const u8) void {
        w.out.appendSlice(w.arena, bytes) catch @panic("OOM");
    }

    pub fn strings(w: *Json, values: []const []const u8) void {
        w.raw("[");
        for (values, 0..) |value, i| {
            w.comma(i);
            w.string(value);
        }
        w.raw("]");
    }

    pub fn int(w: *Json, value: u64) void {
        var buffer: [20]u8 = undefined;
        w.raw(std.fmt.bufPrint(&buffer, "{d}", .{value}) catch unreachable);
    }

    /// Bytes as code points of equal value: file names and arguments need not be UTF-8, and JSON must be.
    pub fn string(w: *Json, bytes: []const u8) void {
        const hex = "0123456789abcdef";
        w.raw("\"");
        for (bytes) |byte| switch (byte) {
            '"' => w.raw("\\\""),
            '\\' => w.raw("\\\\"),
            0x20...0x21, 0x23...0x5b, 0x5d...0x7e => w.raw(&.{byte}),
            else => w.raw(&.{ '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] }),
        };
        w.raw("\"");
    }
};
