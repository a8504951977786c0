comptime {
    _ = @import("api");
}
