//! Reports the finished build graph to Reviewer. A copy of the user's own configurer calls `report(builder)` right after the project's
//! `build()` returned; nothing of the graph is changed, unless REVIEWER_OBSERVE names a step to observe (observe.zig)
//! or REVIEWER_LAUNCH the launcher of an enforced build (enforce.zig). Reads the path of the
//! report from the environment variable REVIEWER_REPORT.
//! The report is one JSON object, `reviewer.zig_report/1`, read by reviewer/ecosystems/zig/configured/report.py.
//!
//! Compiles with zig 0.14 to 0.17; what differs between them is in hook_versions.zig and hook_makes.zig. hook_found.zig gathers the graph,
//! hook_writer.zig writes it.

const std = @import("std");
const enforce = @import("reviewer_enforce.zig");
const files = @import("reviewer_hook_files.zig");
const makes = @import("reviewer_hook_makes.zig");
const observe = @import("reviewer_observe.zig");
const versions = @import("reviewer_hook_versions.zig");
const Found = @import("reviewer_hook_found.zig").Found;
const Writer = @import("reviewer_hook_writer.zig").Writer;
const fail = files.fail;
const Build = std.Build;

/// What Reviewer asks of this hook, from variables of the environment: taken out of it, for build code hashes and hands on all of it.
var asked: struct { report: ?[]const u8, known: ?[]const u8, launch: ?[]const u8, observe: ?[]const u8, record: ?[]const u8 } = undefined;

/// Called before the project's build(). Reviewer has zig call the configuration poisoned, or it would take one that it kept and skip the hook;
/// whether the project poisons it shows only from a clean one.
pub fn begin(b: *Build) void {
    if (versions.poisons and b.graph.cache_poison == .poisoned) b.graph.cache_poison = .pure;
    asked = .{
        .report = take(b, "REVIEWER_REPORT"),
        .known = take(b, "REVIEWER_KNOWN"),
        .launch = take(b, "REVIEWER_LAUNCH"),
        .observe = take(b, "REVIEWER_OBSERVE"),
        .record = take(b, "REVIEWER_RECORD"),
    };
    for ([_][]const u8{ "REVIEWER_CONFIGURATION", "ZIG_DEBUG_CMD" }) |name| _ = take(b, name); // which were for zig, on its way here
}

fn take(b: *Build, name: []const u8) ?[]const u8 {
    const environment = versions.environOf(b.graph);
    const value = b.allocator.dupe(u8, environment.get(name) orelse return null) catch @panic("OOM");
    versions.removeVariable(environment, name);
    return value;
}

/// Called after it.
pub fn report(b: *Build) void {
    var found: Found = .{ .arena = b.allocator, .own = if (versions.makes) .init(b) };
    found.collect(b);
    found.readKnown(b, asked.known);
    var writer: Writer = .{ .found = &found, .json = .{ .arena = b.allocator } };
    writer.write(b);
    files.save(b, asked.report orelse fail("REVIEWER_REPORT is not set"), writer.json.out.items);
    if (versions.poisons) b.graph.cache_poison = .poisoned;
    if (versions.makes and asked.launch != null) enforce.begin(&found);
    const index = std.fmt.parseInt(usize, asked.observe orelse return, 10) catch fail("REVIEWER_OBSERVE is not the number of a step");
    if (index >= found.steps.count()) fail("the step to observe is not there any more");
    observe.record(b, found.steps.keys()[index], asked.record orelse fail("REVIEWER_RECORD is not set"));
}
