const std = @import("std");
const gen_build = @import("gen");

const Kind = enum { small, big };
const Tool = struct {
    b: *std.Build,
    step: *std.Build.Step,
    names: []const []const u8 = &.{ "one", "two" },

    fn init(b: *std.Build) Tool {
        return .{ .b = b, .step = b.step("tools", "") };
    }
    fn add(self: Tool, module: *std.Build.Module) void {
        inline for (.{ "one", "two" }) |name| {
            const exe = self.b.addExecutable(.{ .name = self.b.fmt("tool-{s}", .{name}), .root_module = module });
            self.step.dependOn(&self.b.addInstallArtifact(exe, .{}).step);
        }
    }
};

fn sourceModule(b: *std.Build, target: std.Build.ResolvedTarget) *std.Build.Module {
    return b.createModule(.{ .root_source_file = b.path("src/main.zig"), .target = target });
}

pub fn build(b: *std.Build) !void {
    const target = b.standardTargetOptions(.{});
    const gen = b.dependency("gen", .{});
    const exe = b.addExecutable(.{ .name = "app", .root_module = sourceModule(b, target) });
    exe.root_module.addImport("gen", gen.module("gen"));
    exe.root_module.addCSourceFile(.{ .file = b.path("src/a.c") });
    b.installArtifact(exe);

    const options = b.addOptions();
    options.addOption(bool, "x", true);
    exe.root_module.addOptions("options", options);

    const header = b.addConfigHeader(.{ .style = .{ .cmake = b.path("src/config.h.in") } }, .{ .X = 1 });
    exe.root_module.addConfigHeader(header);
    const blank = b.addConfigHeader(.{}, .{});
    exe.root_module.addConfigHeader(blank);

    const lib = b.addLibrary(.{ .name = "part", .root_module = sourceModule(b, target) });
    exe.root_module.linkLibrary(lib);
    const obj = b.addObject(.{ .name = "thing", .root_module = sourceModule(b, target) });
    exe.root_module.addObject(obj);

    const run = b.addRunArtifact(gen.artifact("tool"));
    run.addPrefixedFileArg("--in=", b.path("src/a.c"));
    const out = run.addPrefixedOutputFileArg("--out=", "made.c");
    run.addFileInput(gen.path("root.zig"));
    run.setCwd(b.path("src"));
    run.setEnvironmentVariable("LANG", "C");
    exe.root_module.addCSourceFile(.{ .file = out });

    const files = b.addWriteFiles();
    const copied = files.addCopyFile(out, "copied.c");
    b.installFile("src/a.c", "share/a.c");
    b.getInstallStep().dependOn(&b.addInstallFile(copied, "share/copied.c").step);
    b.installDirectory(.{ .source_dir = b.path("src"), .install_dir = .prefix, .install_subdir = "src" });

    const update = b.addUpdateSourceFiles();
    update.addCopyFileToSource(out, "src/made.c");
    b.step("update", "").dependOn(&update.step);

    const tests = b.addTest(.{ .root_module = sourceModule(b, target) });
    const named_tests = b.addTest(.{ .name = "unit", .root_module = sourceModule(b, target) });
    const test_step = b.step("test", "");
    test_step.dependOn(&b.addRunArtifact(tests).step);
    test_step.dependOn(&b.addRunArtifact(named_tests).step);
    test_step.dependOn(&b.addFmt(.{ .paths = &.{b.path("src")}, .check = true }).step);
    test_step.dependOn(&b.addCheckFile(b.path("src/a.c"), .{}).step);

    const c = b.addTranslateC(.{ .root_source_file = b.path("src/a.c"), .target = target, .optimize = .debug });
    exe.root_module.addImport("c", c.createModule());

    const copy = b.addObjCopy(exe.getEmittedBin(), .{ .format = .binary });
    b.step("bin", "").dependOn(&b.addInstallBinFile(copy.getOutput(), "app.bin").step);

    const stamp = gen_build.stamp(b, "stamp");
    const hand = std.Build.Step.Run.create(b, "by hand");
    hand.addArgs(&.{ "sh", "-c" });
    hand.addArg("true" ++ ";" ++ "true");
    hand.addFileArg(gen.namedLazyPath("made"));
    _ = hand.addOutputDirectoryArg("dir");
    hand.step.dependOn(&stamp.step);
    const file_run = b.addRunFile(b.path("src/run.sh"));
    file_run.addPassthruArgs();
    file_run.step.dependOn(&hand.step);
    const kinds: []const Kind = &.{ .small, .big };
    for (kinds) |kind| {
        const each = b.addSystemCommand(&.{ "echo", @tagName(kind) });
        each.step.dependOn(&file_run.step);
        b.step(@tagName(kind), "").dependOn(&each.step);
    }
    const tool: Tool = .init(b);
    tool.add(sourceModule(b, target));
    const fail = b.addFail("no");
    if (target.result.os.tag == .windows) b.getInstallStep().dependOn(&fail.step) else test_step.dependOn(&fail.step);
    b.default_step.dependOn(b.getInstallStep());
}
