const super = @import("super");
const maker = @import("maker");
const tables = @import("tables");
const list = @import("list");

pub fn main() void {
    _ = .{ super.answer, maker.answer, tables.answer, list };
}
