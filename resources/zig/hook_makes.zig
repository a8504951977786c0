//! Up to zig 0.16 every step brings the function that makes it, and build code may put any other in its place. Zig's own functions are told by
//! making one step of each kind: where a step's function comes from says less, since the line that an address belongs to may be wrong.

const std = @import("std");
const Build = std.Build;
const Step = Build.Step;

/// Whether zig's own code for steps of this kind makes it. Only where steps have a `makeFn`.
pub const Own = struct {
    known: std.EnumMap(Step.Id, Step.MakeFn) = .{},
    uninstall: Step.MakeFn,

    pub fn init(b: *Build) Own {
        const fresh = Build.create(b.graph, b.build_root, b.cache_root, &.{}) catch @panic("OOM");
        var own: Own = .{ .uninstall = fresh.uninstall_tls.step.makeFn };
        const file: Build.LazyPath = .{ .cwd_relative = "file" };
        const program = fresh.addExecutable(.{ .name = "program", .root_module = fresh.createModule(.{
            .root_source_file = file,
            .target = b.graph.host,
        }) });
        own.know(&fresh.install_tls.step);
        own.know(&program.step);
        own.know(&fresh.addInstallArtifact(program, .{}).step);
        own.know(&fresh.addInstallFile(file, "file").step);
        own.know(&fresh.addInstallDirectory(.{ .source_dir = file, .install_dir = .prefix, .install_subdir = "" }).step);
        if (@hasDecl(Build, "addRemoveDirTree")) own.know(&fresh.addRemoveDirTree(file).step);
        own.know(&fresh.addFail("").step);
        own.know(&fresh.addFmt(.{}).step);
        own.know(&fresh.addTranslateC(.{ .root_source_file = file, .target = b.graph.host, .optimize = .Debug }).step);
        own.know(&fresh.addWriteFiles().step);
        own.know(&fresh.addUpdateSourceFiles().step);
        own.know(&fresh.addSystemCommand(&.{"program"}).step);
        own.know(&fresh.addCheckFile(file, .{}).step);
        own.know(&Step.CheckObject.create(fresh, file, .elf).step);
        own.know(&fresh.addConfigHeader(.{}, .{}).step);
        own.know(&fresh.addObjCopy(file, .{}).step);
        own.know(&fresh.addOptions().step);
        return own;
    }

    fn know(own: *Own, step: *Step) void {
        own.known.put(step.id, step.makeFn);
    }

    pub fn makes(own: Own, step: *Step) bool {
        return step.makeFn == own.known.get(step.id) or (step.id == .top_level and step.makeFn == own.uninstall);
    }
};
