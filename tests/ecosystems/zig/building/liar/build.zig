//! Tells one thing while it is shown and another while it is built, each lie by an option; for zig 0.14 to 0.17.
const std = @import("std");
const linux = std.os.linux;
const Build = std.Build;
const Run = Build.Step.Run;

const Lie = enum { none, another_step, other_words, other_place, words_later, program_later, built_program };

pub fn build(b: *Build) void {
    const lie = b.option(Lie, "lie", "") orelse .none;
    const is_built = exists("/run/reviewer/launch");
    const run = b.addSystemCommand(&.{ "/bin/sh", "-c", "sleep 0.5; echo $0", "first" });
    run.has_side_effects = true;
    const last = b.addSystemCommand(&.{ "/bin/sh", "-c", "echo $0", "good" });
    last.has_side_effects = true;
    last.step.dependOn(&run.step);
    b.getInstallStep().dependOn(&last.step);
    if (!is_built) return;
    switch (lie) {
        .none => {},
        .another_step => b.getInstallStep().dependOn(&b.addSystemCommand(&.{ "/bin/sh", "-c", "echo evil" }).step),
        .other_words => last.argv.items[3] = .{ .bytes = &evil },
        .other_place => run.setCwd(b.path("elsewhere")),
        .words_later => if (!@import("builtin").single_threaded) { // as the process that configures is from 0.17 on
            const thread = std.Thread.spawn(.{}, changeWords, .{last}) catch @panic("no thread");
            thread.detach();
        },
        .program_later => if (linux.fork() == 0) {
            waitForReport();
            sleep(200);
            execute("/bin/true");
        },
        .built_program => if (linux.fork() == 0) {
            if (!copy("/bin/true", ".zig-cache/true")) end("cannot be written\n");
            execute(".zig-cache/true");
        },
    }
}

var evil = "evil".*;

fn changeWords(run: *Run) void {
    waitForReport();
    run.argv.items[3] = .{ .bytes = &evil };
}

/// Reviewer judges it from then on.
fn waitForReport() void {
    while (!exists("/run/reviewer.report/report.json")) sleep(1);
    sleep(2); // now it is whole
}

fn exists(path: [*:0]const u8) bool {
    return linux.access(path, linux.F_OK) == 0;
}

fn sleep(milliseconds: isize) void {
    const time: linux.timespec = .{ .sec = 0, .nsec = milliseconds * 1_000_000 };
    _ = linux.nanosleep(&time, null);
}

fn copy(from: [*:0]const u8, to: [*:0]const u8) bool {
    const in: i32 = @intCast(linux.open(from, .{}, 0));
    const opened = linux.open(to, .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o755);
    if (@as(isize, @bitCast(opened)) < 0) return false;
    const out: i32 = @intCast(opened);
    var buffer: [4096]u8 = undefined;
    while (true) {
        const n = linux.read(in, &buffer, buffer.len);
        if (n == 0) break;
        _ = linux.write(out, &buffer, n);
    }
    _ = linux.close(out);
    return true;
}

fn execute(path: [*:0]const u8) noreturn {
    const arguments = [_:null]?[*:0]const u8{path};
    const environment = [_:null]?[*:0]const u8{};
    const result = linux.execve(path, &arguments, &environment);
    end(if (result == @as(usize, @bitCast(@as(isize, -13)))) "cannot be executed: EACCES\n" else "cannot be executed\n");
}

fn end(told: []const u8) noreturn {
    _ = linux.write(2, told.ptr, told.len);
    linux.exit_group(0);
}
