pub fn main() void {
    _ = @import("maker");
}
