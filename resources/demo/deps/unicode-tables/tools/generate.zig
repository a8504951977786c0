//! Turns the ranges of a text file into a Zig source file: generate INPUT OUTPUT
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const io = init.io;
    const arena = init.arena.allocator();
    const args = try init.minimal.args.toSlice(arena);
    const text = try std.Io.Dir.cwd().readFileAlloc(io, args[1], arena, .limited(1 << 20));

    var out: std.ArrayList(u8) = .empty;
    try out.appendSlice(arena, "const wide = [_][2]u21{\n");
    var lines = std.mem.tokenizeScalar(u8, text, '\n');
    while (lines.next()) |line| {
        if (line[0] == '#') continue;
        const dots = std.mem.find(u8, line, "..") orelse return error.BadRange;
        try out.print(arena, "    .{{ 0x{s}, 0x{s} }},\n", .{ line[0..dots], line[dots + 2 ..] });
    }
    try out.appendSlice(arena,
        \\};
        \\
        \\pub fn isWide(code_point: u21) bool {
        \\    for (wide) |range| if (code_point >= range[0] and code_point <= range[1]) return true;
        \\    return false;
        \\}
        \\
    );
    try std.Io.Dir.cwd().writeFile(io, .{ .sub_path = args[2], .data = out.items });
}
