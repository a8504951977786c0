const std = @import("std");

test "one" {
    try std.testing.expect(true);
}

test "another" {
    try std.testing.expectEqual(4, 2 + 2);
}
