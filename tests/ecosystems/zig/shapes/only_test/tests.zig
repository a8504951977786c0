const std = @import("std");

test "the data is there" {
    try std.testing.expectEqualStrings("data\n", @embedFile("data"));
}
