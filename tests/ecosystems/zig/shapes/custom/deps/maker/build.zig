const std = @import("std");
const Step = std.Build.Step;

pub fn build(b: *std.Build) void {
    const module = b.addModule("maker", .{ .root_source_file = b.path("root.zig") });
    if (!@hasField(Step, "makeFn")) return;
    const object = b.addObject(.{ .name = "empty", .root_module = b.createModule(.{
        .root_source_file = b.path("root.zig"),
        .target = b.graph.host,
    }) });
    object.step.dependOn(add(b, .custom, "open", openly));
    object.step.dependOn(add(b, .options, "disguised", disguised));
    object.step.dependOn(&Embedded.create(b).step);
    module.addObject(object);
}

fn add(b: *std.Build, id: anytype, name: []const u8, make: Step.MakeFn) *Step {
    const step = b.allocator.create(Step) catch @panic("OOM");
    step.* = Step.init(.{ .id = id, .name = name, .owner = b, .makeFn = make });
    return step;
}

fn openly(step: *Step, _: Step.MakeOptions) anyerror!void {
    std.debug.print("{s} ran\n", .{step.name});
}

fn disguised(step: *Step, _: Step.MakeOptions) anyerror!void {
    std.debug.print("{s} ran\n", .{step.name});
}

/// The way in which most projects do it.
const Embedded = struct {
    step: Step,

    fn create(b: *std.Build) *Embedded {
        const self = b.allocator.create(Embedded) catch @panic("OOM");
        self.* = .{ .step = Step.init(.{ .id = .custom, .name = "embedded", .owner = b, .makeFn = make }) };
        return self;
    }

    fn make(step: *Step, _: Step.MakeOptions) anyerror!void {
        std.debug.print("{s} ran\n", .{step.name});
    }
};
