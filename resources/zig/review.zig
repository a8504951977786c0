//! The build's own check, installed by `reviewer gate install`: stops `zig build` before any dependency's build code runs unless
//! review.lock, beside this file, trusts every package of the build. It needs zig alone: 0.14, 0.15, 0.16 or 0.17.
//!
//! A package that zig keeps outside the project, in a folder named by its hash, is pinned by that hash. Every other package can be
//! edited in place, so its content is hashed here and compared with the digest in review.lock.
//!
//! Where review.toml demands signatures or several reviewers for all packages, each entry must have them; that the signatures are real, and
//! what is demanded for some packages or criteria, only `reviewer check` can tell, and the build says so. Imports and what passes unread are
//! not known here: what has no entry in review.lock is refused.
//!
//! The check is part of one program with the build code of the dependencies. It runs before any of their functions is called, but
//! cannot help where one of them replaces a function that every program uses (`export fn memcpy`): `reviewer check` can.
const std = @import("std");
const builtin = @import("builtin");

const lock_name = "review.lock";
const policy_name = "review.toml";
const max_lock_bytes = 16 << 20;
const max_policy_bytes = 1 << 20;
const max_entries = 200_000;
const max_depth = 64;
const max_package_bytes = 4 << 30;

/// Call this first in the root package's build(). Does nothing in a package that is used as a dependency.
pub fn check(b: *std.Build) void {
    if (b.dep_prefix.len != 0 or b.pkg_hash.len != 0 or packages.len == 0) return;
    // Reviewer's own build runner, which it uses in its sandbox alone: the graph is needed before anything is trusted.
    if (@hasDecl(@import("root"), "reviewer_configures")) return;
    Cached.dependOnFile(b, .{ .src_path = .{ .owner = b, .sub_path = lock_name } });

    const lock = readLock(b) catch |err| fatal(
        "{s} cannot be used: {s}; nothing of any dependency was run (to review: reviewer open)",
        .{ lock_name, explain(err) },
    );
    const demand = readDemand(b) catch |err| fatal(
        "{s} cannot be used: {s}; nothing of any dependency was run",
        .{ policy_name, explain(err) },
    );
    if (demand.signed or demand.more) std.log.warn(
        "{s} demands what this build cannot verify: `reviewer check` does (signatures, and demands for some packages or criteria)",
        .{policy_name},
    );
    var refused: List(u8) = .empty;
    for (packages) |package| {
        const verdict = judge(b, lock, package, demand) catch |err| fatal(
            "{s} cannot be checked: {s}; nothing of any dependency was run",
            .{ printable(b, package.key), explain(err) },
        );
        if (verdict == .trusted) continue;
        refused.appendSlice(b.allocator, b.fmt("    {s} ({s}): {s}\n", .{
            printable(b, aliasOf(package.key)), printable(b, pinOf(b, package)), verdict.text(),
        })) catch @panic("OOM");
    }
    if (refused.items.len != 0) fatal(
        \\{s} does not allow this build, so nothing of any dependency was run:
        \\{s}    to read and decide: reviewer open
        \\    to decide here: reviewer trust PACKAGE
    , .{ lock_name, refused.items });
}

const Verdict = enum {
    trusted,
    unreviewed,
    not_for_run,
    few_reviewers,
    not_signed,
    changed,
    deferred,
    rejected,

    fn text(verdict: Verdict) []const u8 {
        return switch (verdict) {
            .trusted => "trusted",
            .unreviewed => "not reviewed",
            .not_for_run => "trusted, but neither to run nor to ship",
            .few_reviewers => "trusted by fewer reviewers than " ++ policy_name ++ " demands",
            .not_signed => "trusted, but not signed as " ++ policy_name ++ " demands",
            .changed => "content changed since it was reviewed",
            .deferred => "deferred, not decided yet",
            .rejected => "rejected",
        };
    }
};

/// Every entry for the package's pin must trust it; of entries for several contents (versions) one must match what is there.
fn judge(b: *std.Build, lock: std.json.ObjectMap, package: Package, demand: Demand) !Verdict {
    const pin = pinOf(b, package);
    var verdict: Verdict = .unreviewed;
    var digest: ?[]const u8 = null;
    for (lock.keys(), lock.values()) |id, entry| {
        if (!std.mem.startsWith(u8, id, "zig:")) continue;
        const hash = std.mem.indexOfScalar(u8, id, '#') orelse continue;
        if (!std.mem.eql(u8, id[hash + 1 ..], pin)) continue;
        const decision = entry.object.get("decision").?.string;
        const found: Verdict = if (std.mem.eql(u8, decision, "rejected"))
            return .rejected
        else if (std.mem.eql(u8, decision, "deferred"))
            .deferred
        else if (!std.mem.eql(u8, decision, "trusted"))
            return error.UnknownDecision
        else if (!grantsRun(entry))
            .not_for_run
        else if (try countReviewers(entry, demand.signed) < demand.reviewers)
            if (demand.signed) .not_signed else .few_reviewers
        else found: {
            if (isPinnedByZig(b, package)) break :found .trusted;
            if (digest == null) digest = try digestOf(b, package);
            const reviewed = entry.object.get("digest") orelse return error.NoDigest;
            if (reviewed != .string) return error.NoDigest;
            break :found if (std.mem.eql(u8, reviewed.string, digest.?)) .trusted else .changed;
        };
        verdict = switch (verdict) {
            .unreviewed => found,
            .trusted, .changed => if (found == .changed) verdict else if (found == .trusted) .trusted else found,
            else => verdict,
        };
    }
    return verdict;
}

fn grantsRun(entry: std.json.Value) bool {
    const criteria = entry.object.get("criteria") orelse return false;
    if (criteria != .array) return false;
    for (criteria.array.items) |item| {
        if (item == .string and (std.mem.eql(u8, item.string, "run") or std.mem.eql(u8, item.string, "ship"))) return true;
    }
    return false;
}

/// How many different people trust it: the entry's own reviewer and those of `also`, of whom each has an address of their own.
fn countReviewers(entry: std.json.Value, signed_only: bool) !usize {
    var people: [max_reviewers][]const u8 = undefined;
    var count: usize = 0;
    const also = entry.object.get("also") orelse std.json.Value{ .null = {} };
    if (also != .null and (also != .array or also.array.items.len >= max_reviewers)) return error.OddReviewers;
    const others = if (also == .array) also.array.items else &.{};
    for (0..others.len + 1) |i| {
        const voice = if (i == 0) entry else others[i - 1];
        if (voice != .object) return error.OddReviewers;
        const by = voice.object.get("by") orelse return error.OddReviewers;
        if (by != .string) return error.OddReviewers;
        const signature = voice.object.get("signature") orelse std.json.Value{ .string = "" };
        if (signature != .string) return error.OddReviewers;
        if (signed_only and signature.string.len == 0) continue;
        const address = addressOf(by.string);
        for (people[0..count]) |known| {
            if (std.ascii.eqlIgnoreCase(known, address)) break;
        } else {
            people[count] = address;
            count += 1;
        }
    }
    return count;
}

const max_reviewers = 64;

/// The mail address of `Name <mail>`, else the whole.
fn addressOf(by: []const u8) []const u8 {
    const start = std.mem.indexOfScalar(u8, by, '<') orelse return std.mem.trim(u8, by, " ");
    const end = std.mem.lastIndexOfScalar(u8, by, '>') orelse return std.mem.trim(u8, by, " ");
    return if (end > start + 1) std.mem.trim(u8, by[start + 1 .. end], " ") else std.mem.trim(u8, by, " ");
}

/// What review.toml demands of every package. `more`: it demands something else too, which is not understood here.
const Demand = struct { signed: bool = false, reviewers: usize = 1, more: bool = false };

/// Understands `signed = true` and `reviewers = N` on lines of their own below `[policy]`, as the README has them, and no other TOML.
fn readDemand(b: *std.Build) !Demand {
    var demand: Demand = .{};
    // zig cannot depend on a file that is not there: one that is added takes effect with the next change of anything else.
    const text = try readBeside(b, policy_name, max_policy_bytes) orelse return demand;
    Cached.dependOnFile(b, .{ .src_path = .{ .owner = b, .sub_path = policy_name } });
    var in_policy = false;
    var lines = std.mem.splitScalar(u8, text, '\n');
    while (lines.next()) |whole| {
        const comment = std.mem.indexOfScalar(u8, whole, '#') orelse whole.len;
        const line = std.mem.trim(u8, whole[0..comment], " \t\r");
        if (std.mem.startsWith(u8, line, "[")) in_policy = std.mem.eql(u8, line, "[policy]");
        const signed = std.mem.indexOf(u8, line, "signed") != null;
        if (!signed and std.mem.indexOf(u8, line, "reviewers") == null) continue;
        const equals = std.mem.indexOfScalar(u8, line, '=') orelse line.len;
        const key = std.mem.trim(u8, line[0..equals], " \t");
        const value = if (equals < line.len) std.mem.trim(u8, line[equals + 1 ..], " \t") else "";
        if (in_policy and std.mem.eql(u8, key, "signed") and std.mem.eql(u8, value, "true")) {
            demand.signed = true;
        } else if (in_policy and std.mem.eql(u8, key, "reviewers") and value.len == 1 and std.ascii.isDigit(value[0])) {
            demand.reviewers = @max(1, value[0] - '0');
        } else if (!std.mem.eql(u8, value, "false")) {
            demand.more = true;
        }
    }
    return demand;
}

/// The bytes of a file in the project's folder; null where there is none.
fn readBeside(b: *std.Build, name: []const u8, limit: usize) !?[]const u8 {
    const root = if (@hasField(std.Build, "build_root")) b.build_root.handle else b.root.root_dir.handle;
    const found = (if (new_io) root.statFile(b.graph.io, name, .{}) else root.statFile(name)) catch |err| switch (err) {
        error.FileNotFound => return null,
        else => return err,
    };
    if (found.kind != .file) return error.NotAFile;
    return try (if (new_io)
        root.readFileAlloc(b.graph.io, name, b.allocator, .limited(limit))
    else
        root.readFileAlloc(b.allocator, name, limit));
}

/// The entries of review.lock by package id: each an object with a decision. Duplicate keys anywhere are an error.
fn readLock(b: *std.Build) !std.json.ObjectMap {
    // Nothing was decided yet: every package is told by its name.
    const text = try readBeside(b, lock_name, max_lock_bytes) orelse
        return (try std.json.parseFromSliceLeaky(std.json.Value, b.allocator, "{}", .{})).object;
    if (std.mem.startsWith(u8, text, "<<<<<<<") or std.mem.indexOf(u8, text, "\n<<<<<<<") != null) return error.Conflict;

    const value = std.json.parseFromSliceLeaky(std.json.Value, b.allocator, text, .{}) catch |err| switch (err) {
        error.DuplicateField => return error.Duplicate,
        else => return error.NotJson,
    };
    if (value != .object) return error.NoPackages;
    const version = value.object.get("version") orelse return error.UnknownVersion;
    if (version != .integer or version.integer != 1) return error.UnknownVersion;
    const entries = value.object.get("packages") orelse return error.NoPackages;
    if (entries != .object) return error.NoPackages;
    for (entries.object.values()) |entry| {
        if (entry != .object) return error.NoDecision;
        const decision = entry.object.get("decision") orelse return error.NoDecision;
        if (decision != .string) return error.NoDecision;
    }
    return entries.object;
}

fn explain(err: anyerror) []const u8 {
    return switch (err) {
        error.NotAFile => "it is not a file",
        error.StreamTooLong, error.FileTooBig, error.PackageTooBig => "it is too large",
        error.Conflict => "it holds conflict markers; resolve the merge first",
        error.NotJson => "it is damaged (not JSON)",
        error.Duplicate => "it is damaged (a key occurs twice)",
        error.UnknownVersion => "its version is not 1; update Reviewer, then run `reviewer gate install`",
        error.NoPackages => "it is damaged (no packages)",
        error.NoDecision => "it is damaged (an entry without a decision)",
        error.NoDigest => "its entry in review.lock has no digest",
        error.OddReviewers => "its entry in review.lock has a reviewer that is none",
        error.UnknownDecision => "its entry in review.lock has an unknown decision",
        error.LinkLeaves => "it has a symbolic link that may lead out of what was reviewed",
        error.NotAllowedKind => "it holds something that is neither file, folder nor link",
        error.TooManyEntries => "it holds too many files",
        error.TooDeep => "its folders are nested too deep",
        error.AccessDenied, error.PermissionDenied => "it cannot be read",
        else => @errorName(err),
    };
}

// What zig resolved.

const Deps = []const struct { []const u8, []const u8 };
const Package = struct {
    /// Its name in zig's package table: the package hash, or the path of a path dependency.
    key: []const u8,
    build_root: []const u8,
    deps: Deps,
};

const table = @import("root").dependencies;

/// The package table without lazy packages that are not fetched: nothing of those can run.
const packages: []const Package = list: {
    const info = @typeInfo(table.packages).@"struct";
    const has_names = @hasField(@TypeOf(info), "decl_names");
    const len = if (has_names) info.decl_names.len else info.decls.len;
    @setEvalBranchQuota(1000 + 1000 * len);
    var found: []const Package = &.{};
    for (0..len) |i| {
        const key = if (has_names) info.decl_names[i] else info.decls[i].name;
        const package = @field(table.packages, key);
        if (@hasDecl(package, "available") and !package.available) continue;
        found = found ++ .{Package{ .key = key, .build_root = package.build_root, .deps = package.deps }};
    }
    break :list found;
};

/// The name by which some manifest of the build knows the package.
fn aliasOf(key: []const u8) []const u8 {
    for (@as(Deps, table.root_deps)) |dep| if (std.mem.eql(u8, dep[1], key)) return dep[0];
    for (packages) |package| for (package.deps) |dep| if (std.mem.eql(u8, dep[1], key)) return dep[0];
    return key;
}

/// What follows the `#` of its id in review.lock. zig abbreviates long paths in its table, review.lock does not.
fn pinOf(b: *std.Build, package: Package) []const u8 {
    const relative = belowRoot(b, package) orelse return package.key;
    return if (std.mem.eql(u8, std.fs.path.basename(relative), package.key)) package.key else relative;
}

/// Whether the folder is zig's own copy, outside of the project and named by the hash of its content.
fn isPinnedByZig(b: *std.Build, package: Package) bool {
    return std.fs.path.isAbsolute(package.build_root) and belowRoot(b, package) == null and
        std.mem.eql(u8, std.fs.path.basename(package.build_root), package.key);
}

/// The package's folder as a path relative to the project's, if zig states it that way (it may begin with `..`).
fn belowRoot(b: *std.Build, package: Package) ?[]const u8 {
    const stated = if (@hasField(std.Build, "build_root")) b.build_root.path else b.root.root_dir.path;
    const root = stated orelse ".";
    const path = package.build_root;
    if (std.mem.eql(u8, root, ".")) return if (std.fs.path.isAbsolute(path)) null else posix(b, path);
    if (!std.mem.startsWith(u8, path, root)) return null;
    const rest = path[root.len..];
    if (std.fs.path.isSep(root[root.len - 1])) return posix(b, rest);
    return if (rest.len > 1 and std.fs.path.isSep(rest[0])) posix(b, rest[1..]) else null;
}

fn posix(b: *std.Build, path: []const u8) []const u8 {
    if (std.fs.path.sep == '/') return path;
    const copy = b.allocator.dupe(u8, path) catch @panic("OOM");
    std.mem.replaceScalar(u8, copy, std.fs.path.sep, '/');
    return copy;
}

// What a package ships, and its digest: see DESIGN of Reviewer, "review.lock". No symbolic link is followed.

const Kind = enum { file, exec, link };
const Shipped = struct { path: []const u8, is_link: bool };

fn digestOf(b: *std.Build, package: Package) ![]const u8 {
    var top = try openFolder(b, cwd, package.build_root, .followed);
    defer closeFolder(b, &top);
    const entries = try list(b, package, top);
    var bytes_left: u64 = max_package_bytes;
    var whole = Sha256.init(.{});
    for (entries) |entry| {
        var content = Sha256.init(.{});
        var kind: Kind = .link;
        var length: u64 = 0;
        if (entry.is_link) {
            var buffer: [std.fs.max_path_bytes]u8 = undefined;
            const target = if (new_io)
                buffer[0..try top.readLink(b.graph.io, entry.path, &buffer)]
            else
                try top.readLink(entry.path, &buffer);
            if (!staysInside(entry.path, target)) return error.LinkLeaves;
            content.update(target);
            length = target.len;
        } else {
            Cached.dependOnFile(b, lazyPath(b, package, entry.path));
            const executable, length = try hashFile(b, top, entry.path, &content, bytes_left);
            kind = if (executable) .exec else .file;
            bytes_left -= length;
        }
        whole.update(entry.path);
        var numbers: [64]u8 = undefined;
        whole.update(std.fmt.bufPrint(&numbers, "\x00{s}\x00{d}\x00", .{ @tagName(kind), length }) catch unreachable);
        whole.update(&std.fmt.bytesToHex(content.finalResult(), .lower));
        whole.update("\n");
    }
    return b.fmt("sha256:{s}", .{&std.fmt.bytesToHex(whole.finalResult(), .lower)});
}

/// All files and links by the bytes of their path; only the top-level `.git` is left out.
fn list(b: *std.Build, package: Package, top: Dir) ![]const Shipped {
    var entries: List(Shipped) = .empty;
    var folders: List([]const u8) = .empty;
    try folders.append(b.allocator, "");
    var seen: usize = 0;
    while (folders.pop()) |prefix| {
        Cached.dependOnFolder(b, lazyPath(b, package, prefix));
        var folder = try openFolder(b, top, if (prefix.len == 0) "." else prefix, .unfollowed);
        defer closeFolder(b, &folder);
        var items = folder.iterate();
        while (try (if (new_io) items.next(b.graph.io) else items.next())) |item| {
            if (prefix.len == 0 and std.mem.eql(u8, item.name, ".git")) continue;
            seen += 1;
            if (seen > max_entries) return error.TooManyEntries;
            const path = if (prefix.len == 0) b.dupe(item.name) else b.fmt("{s}/{s}", .{ prefix, item.name });
            switch (item.kind) {
                .directory => {
                    if (std.mem.count(u8, path, "/") + 1 >= max_depth) return error.TooDeep;
                    try folders.append(b.allocator, path);
                },
                .file => try entries.append(b.allocator, .{ .path = path, .is_link = false }),
                .sym_link => try entries.append(b.allocator, .{ .path = path, .is_link = true }),
                else => return error.NotAllowedKind,
            }
        }
    }
    std.mem.sort(Shipped, entries.items, {}, struct {
        fn lessThan(_: void, one: Shipped, other: Shipped) bool {
            return std.mem.lessThan(u8, one.path, other.path);
        }
    }.lessThan);
    return entries.items;
}

/// Climbing is only allowed first, out of folders that are real; then, as every link of the package is held to the same, what the
/// rest leads through cannot leave the package either.
fn staysInside(link: []const u8, target: []const u8) bool {
    if (target.len == 0 or std.fs.path.isAbsolute(target)) return false;
    var depth = std.mem.count(u8, link, "/");
    var climbing = true;
    var parts = std.mem.splitScalar(u8, target, '/');
    while (parts.next()) |part| {
        if (part.len == 0 or std.mem.eql(u8, part, ".")) continue;
        if (std.mem.eql(u8, part, ".git")) return false;
        if (!std.mem.eql(u8, part, "..")) {
            climbing = false;
        } else {
            if (!climbing or depth == 0) return false;
            depth -= 1;
        }
    }
    return true;
}

fn hashFile(b: *std.Build, top: Dir, path: []const u8, content: *Sha256, limit: u64) !struct { bool, u64 } {
    var file = try (if (new_io)
        top.openFile(b.graph.io, path, .{ .follow_symlinks = false })
    else
        top.openFile(path, .{}));
    defer if (new_io) file.close(b.graph.io) else file.close();
    const found = try (if (new_io) file.stat(b.graph.io) else file.stat());
    if (found.kind != .file) return error.NotAllowedKind;
    const executable = if (builtin.os.tag == .windows or builtin.os.tag == .wasi)
        false
    else
        (if (new_io) found.permissions.toMode() else found.mode) & 0o111 != 0;
    var length: u64 = 0;
    while (true) {
        const amount = try (if (new_io) file.readPositional(b.graph.io, &.{&block}, length) else file.pread(&block, length));
        if (amount == 0) return .{ executable, length };
        length += amount;
        if (length > limit) return error.PackageTooBig;
        content.update(block[0..amount]);
    }
}

var block: [1 << 16]u8 = undefined;

// From 0.17 on zig keeps the configuration and skips build() while nothing that it was told of has changed.

const Cached = struct {
    fn dependOnFile(b: *std.Build, path: std.Build.LazyPath) void {
        if (@hasDecl(std.Build, "dependOnFileMetadata")) b.dependOnFileMetadata(path);
    }

    /// The metadata also changes when a link is replaced by another of the same name.
    fn dependOnFolder(b: *std.Build, path: std.Build.LazyPath) void {
        if (@hasDecl(std.Build, "dependOnDirectoryMetadata")) b.dependOnDirectoryMetadata(path);
    }
};

fn lazyPath(b: *std.Build, package: Package, path: []const u8) std.Build.LazyPath {
    const folder = belowRoot(b, package) orelse package.build_root;
    const whole = if (path.len == 0) folder else b.fmt("{s}/{s}", .{ folder, path });
    if (belowRoot(b, package) == null) return .{ .cwd_relative = whole };
    return .{ .src_path = .{ .owner = b, .sub_path = whole } };
}

// What differs between the versions' standard libraries.

const Sha256 = std.crypto.hash.sha2.Sha256;
const new_io = @hasDecl(std, "Io") and @hasDecl(std.Io, "Dir");
const Dir = if (new_io) std.Io.Dir else std.fs.Dir;
const List = if (@hasDecl(std, "ArrayListUnmanaged")) std.ArrayListUnmanaged else std.ArrayList;
const cwd: Dir = if (new_io) .cwd() else std.fs.cwd();

fn openFolder(b: *std.Build, parent: Dir, path: []const u8, links: enum { followed, unfollowed }) !Dir {
    if (new_io) return parent.openDir(b.graph.io, path, .{ .iterate = true, .follow_symlinks = links == .followed });
    return parent.openDir(path, .{ .iterate = true, .no_follow = links == .unfollowed });
}

fn closeFolder(b: *std.Build, folder: *Dir) void {
    if (new_io) folder.close(b.graph.io) else folder.close();
}

/// Names come from whoever wrote the package: nothing but visible ASCII reaches the terminal as it is.
fn printable(b: *std.Build, text: []const u8) []const u8 {
    var shown: List(u8) = .empty;
    for (text[0..@min(text.len, 200)]) |byte| {
        if (std.ascii.isPrint(byte)) {
            shown.append(b.allocator, byte) catch @panic("OOM");
        } else {
            shown.appendSlice(b.allocator, b.fmt("\\x{x:0>2}", .{byte})) catch @panic("OOM");
        }
    }
    return shown.items;
}

fn fatal(comptime format: []const u8, args: anytype) noreturn {
    std.log.err(format, args);
    std.process.exit(1);
}
