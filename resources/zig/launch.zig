//! Stands between zig and what a build executes. One static program without a standard start, for every sandbox of an enforced build:
//!
//!     launch INDEX N INPUT×N -- WORD…    asks the broker to run step INDEX of the configuration, and ends as that run did
//!     launch outer PATH… -- WORD…        becomes WORD…, from where only PATH can be executed and each start asks the broker
//!     launch net FD -- WORD…             becomes WORD…, each of whose connections asks whoever holds the other end of FD
//!
//! What is told to the broker: one byte `R` with file descriptors (three for a run, one for a listener), then a length (u32, little-endian) and
//! as many bytes: fields, each ended by NUL. It answers with a u32: an exit code, or 256 and a signal; for a listener 0. An end without an
//! answer is failure. The broker judges: nothing here protects anything by itself, but for what `outer` and `net` have the kernel do.

const std = @import("std");
const builtin = @import("builtin");
const linux = std.os.linux;
const Words = []const [*:0]const u8;

const broker = "/run/reviewer/broker";

pub export fn _start() callconv(.naked) noreturn {
    switch (builtin.cpu.arch) {
        .x86_64 => asm volatile (
            \\ xorl %%ebp, %%ebp
            \\ movq %%rsp, %%rdi
            \\ andq $-16, %%rsp
            \\ callq %[begin:P]
            :
            : [begin] "X" (&begin),
        ),
        .aarch64 => asm volatile (
            \\ mov x29, #0
            \\ mov x30, #0
            \\ mov x0, sp
            \\ b %[begin]
            :
            : [begin] "X" (&begin),
        ),
        else => @compileError("no such sandbox"),
    }
}

/// The kernel's own layout: the number of words, the words, null, the environment, null.
fn begin(stack: [*]usize) callconv(.c) noreturn {
    const count = stack[0];
    const words: Words = @as([*]const [*:0]const u8, @ptrCast(stack + 1))[0..count];
    const environment: [*:null]const ?[*:0]const u8 = @ptrCast(stack + 1 + count + 1);
    if (words.len < 2) fail("it is started by zig");
    const mode = std.mem.span(words[1]);
    if (std.mem.eql(u8, mode, "outer")) guardStarts(words[2..], environment);
    if (std.mem.eql(u8, mode, "net")) guardConnections(words[2..], environment);
    run(words[1..], environment);
}

// A run step.

fn run(words: Words, environment: [*:null]const ?[*:0]const u8) noreturn {
    const inputs = if (words.len < 3) null else numberOf(words[1]);
    const rest = words[@min(words.len, 2 + (inputs orelse 0))..];
    if (inputs == null or rest.len < 2 or !isDivider(rest[0])) fail("its words are not those of a run step");

    var folder: [4096]u8 = undefined;
    if (isError(linux.syscall2(.getcwd, @intFromPtr(&folder), folder.len))) fail("the current folder cannot be told");
    var count: [20]u8 = undefined;
    var message: Message = .init();
    message.add("run");
    message.addWord(words[0]);
    message.addWord(@ptrCast(&folder));
    message.addWord(words[1]);
    for (words[2..][0..inputs.?]) |input| message.addWord(input);
    message.add(decimal(&count, rest.len - 1));
    for (rest[1..]) |word| message.addWord(word);
    var i: usize = 0;
    while (environment[i]) |variable| : (i += 1) message.addWord(variable);

    const answer = ask(connect(), &.{ 0, 1, 2 }, message) orelse linux.exit_group(1);
    if (answer < 256) linux.exit_group(@intCast(answer));
    const signal = answer - 256;
    _ = linux.syscall2(.kill, linux.syscall0(.getpid), signal);
    linux.exit_group(@intCast(128 + (signal & 127)));
}

fn numberOf(word: [*:0]const u8) ?usize {
    var value: usize = 0;
    const digits = std.mem.span(word);
    if (digits.len == 0 or digits.len > 6) return null;
    for (digits) |digit| {
        if (digit < '0' or digit > '9') return null;
        value = value * 10 + (digit - '0');
    }
    return value;
}

fn decimal(buffer: *[20]u8, number: usize) []const u8 {
    var at: usize = buffer.len;
    var left = number;
    while (true) {
        at -= 1;
        buffer[at] = @intCast('0' + left % 10);
        left /= 10;
        if (left == 0) return buffer[at..];
    }
}

// The outer sandbox: what is executed in it.

fn guardStarts(words: Words, environment: [*:null]const ?[*:0]const u8) noreturn {
    const divider = findDivider(words);
    const socket = connect();
    forbidNewPrivileges();
    allowOnly(words[0..divider]);
    const listener = listen(&.{ numberFor("execve"), numberFor("execveat") });
    handOver(socket, listener, "outer");
    become(words[divider + 1 ..], environment);
}

/// Landlock (linux/landlock.h), so that the kernel itself refuses to execute anything but these files, and those in these folders.
fn allowOnly(paths: Words) void {
    const handled: [1]u64 = .{execute | refer}; // struct landlock_ruleset_attr, as its first version was
    const created = linux.syscall3(.landlock_create_ruleset, @intFromPtr(&handled), @sizeOf(@TypeOf(handled)), 0);
    if (isError(created)) fail("this kernel cannot keep programs from being executed (Landlock, from Linux 5.19 on)");
    for (paths) |path| allow(created, execute, path);
    allow(created, refer, "/"); // else nothing could be moved from folder to folder
    if (isError(linux.syscall2(.landlock_restrict_self, created, 0))) fail("Landlock refuses");
    _ = linux.syscall1(.close, created);
}

const execute = 1 << 0;
const refer = 1 << 13;

fn allow(ruleset: usize, access: u64, path: [*:0]const u8) void {
    const at_cwd: usize = @bitCast(@as(isize, -100));
    const only_path, const closed_on_exec = .{ 0o10000000, 0o2000000 };
    const opened = linux.syscall4(.openat, at_cwd, @intFromPtr(path), only_path | closed_on_exec, 0);
    if (isError(opened)) return; // what is not there cannot be executed either
    const Rule = extern struct { access: u64 align(4), fd: i32 align(4) };
    const rule: Rule = .{ .access = access, .fd = @intCast(opened) };
    const path_beneath = 1;
    if (isError(linux.syscall4(.landlock_add_rule, ruleset, path_beneath, @intFromPtr(&rule), 0))) fail("Landlock refuses a path");
    _ = linux.syscall1(.close, opened);
}

// One step's sandbox: where it connects to.

fn guardConnections(words: Words, environment: [*:null]const ?[*:0]const u8) noreturn {
    const socket = if (words.len == 0) null else numberOf(words[0]);
    if (socket == null) fail("it has nobody to tell of connections");
    const divider = findDivider(words);
    forbidNewPrivileges();
    const listener = listen(&.{numberFor("connect")});
    handOver(socket.?, listener, "net");
    become(words[divider + 1 ..], environment);
}

fn forbidNewPrivileges() void {
    const set_no_new_privs = 38;
    if (isError(linux.syscall5(.prctl, set_no_new_privs, 1, 0, 0, 0))) fail("new privileges cannot be given up");
}

/// From now on each of these system calls waits until whoever holds the file descriptor lets it go on. linux/seccomp.h, linux/filter.h.
fn listen(calls: []const u32) usize {
    const Instruction = extern struct { code: u16, if_true: u8, if_false: u8, value: u32 };
    const load, const if_equal, const give = .{ 0x20, 0x15, 0x06 };
    const let, const kill, const notify = .{ 0x7fff0000, 0x80000000, 0x7fc00000 };
    const machine: u32 = if (builtin.cpu.arch == .x86_64) 0xc000003e else 0xc00000b7;
    var program: [16]Instruction = undefined;
    var length: u16 = 0;
    const fixed = [_]Instruction{
        .{ .code = load, .if_true = 0, .if_false = 0, .value = 4 },
        .{ .code = if_equal, .if_true = 1, .if_false = 0, .value = machine },
        .{ .code = give, .if_true = 0, .if_false = 0, .value = kill },
        .{ .code = load, .if_true = 0, .if_false = 0, .value = 0 },
    };
    for (fixed) |instruction| {
        program[length] = instruction;
        length += 1;
    }
    for (calls) |call| {
        program[length] = .{ .code = if_equal, .if_true = 0, .if_false = 1, .value = call };
        program[length + 1] = .{ .code = give, .if_true = 0, .if_false = 0, .value = notify };
        length += 2;
    }
    program[length] = .{ .code = give, .if_true = 0, .if_false = 0, .value = let };
    const Program = extern struct { length: u16, instructions: [*]const Instruction };
    const filter: Program = .{ .length = length + 1, .instructions = &program };
    const set_mode_filter, const new_listener, const wait_killable = .{ 1, 1 << 3, 1 << 5 };
    var listener = linux.syscall3(.seccomp, set_mode_filter, new_listener | wait_killable, @intFromPtr(&filter));
    if (isError(listener)) listener = linux.syscall3(.seccomp, set_mode_filter, new_listener, @intFromPtr(&filter)); // before Linux 5.19
    if (isError(listener)) fail("the kernel cannot ask about system calls (seccomp)");
    return listener;
}

fn numberFor(comptime name: []const u8) u32 {
    return @intCast(@intFromEnum(@field(linux.SYS, name)));
}

fn handOver(socket: usize, listener: usize, kind: []const u8) void {
    var message: Message = .init();
    message.add("listener");
    message.add(kind);
    const answer = ask(socket, &.{@intCast(listener)}, message) orelse linux.exit_group(1);
    if (answer != 0) linux.exit_group(1);
    _ = linux.syscall1(.close, socket);
    _ = linux.syscall1(.close, listener);
}

fn become(words: Words, environment: [*:null]const ?[*:0]const u8) noreturn {
    // The words are the last of the argument vector, which ends with null.
    if (words.len == 0) fail("there is nothing to execute");
    const result = linux.syscall3(.execve, @intFromPtr(words[0]), @intFromPtr(words.ptr), @intFromPtr(environment));
    say("reviewer: cannot execute ");
    say(std.mem.span(words[0]));
    say("\n");
    const not_found: usize = @bitCast(@as(isize, -2));
    linux.exit_group(if (result == not_found) 127 else 126);
}

fn isDivider(word: [*:0]const u8) bool {
    return std.mem.eql(u8, std.mem.span(word), "--");
}

fn findDivider(words: Words) usize {
    for (words, 0..) |word, i| if (isDivider(word)) return i;
    fail("there is no -- among its words");
}

// The broker.

/// Fields, each ended by NUL, in memory of their own.
const Message = struct {
    bytes: [*]u8,
    length: usize,

    const most = 8 << 20;

    fn init() Message {
        const readable_writable, const private_anonymous = .{ 3, 0x22 };
        const none: usize = @bitCast(@as(isize, -1));
        const mapped = linux.syscall6(.mmap, 0, most, readable_writable, private_anonymous, none, 0);
        if (isError(mapped)) fail("there is no memory");
        return .{ .bytes = @ptrFromInt(mapped), .length = 0 };
    }

    fn add(message: *Message, field: []const u8) void {
        if (message.length + field.len + 1 > most) fail("its words are too long");
        for (field) |byte| {
            message.bytes[message.length] = byte;
            message.length += 1;
        }
        message.bytes[message.length] = 0;
        message.length += 1;
    }

    fn addWord(message: *Message, word: [*:0]const u8) void {
        message.add(std.mem.span(word));
    }
};

fn connect() usize {
    const unix, const stream_closed_on_exec = .{ 1, 1 | 0o2000000 };
    const socket = linux.syscall3(.socket, unix, stream_closed_on_exec, 0);
    if (isError(socket)) fail("there is no socket");
    const Address = extern struct { family: u16 = unix, path: [108]u8 = @splat(0) };
    var address: Address = .{};
    for (broker, 0..) |byte, i| address.path[i] = byte;
    if (isError(linux.syscall3(.connect, socket, @intFromPtr(&address), @sizeOf(Address)))) fail("Reviewer does not answer");
    return socket;
}

/// Null where no answer came.
fn ask(socket: usize, descriptors: []const i32, message: Message) ?u32 {
    const Piece = extern struct { base: [*]const u8, length: usize };
    const Control = extern struct { length: usize, level: i32 = 1, kind: i32 = 1, descriptors: [4]i32 = @splat(0) }; // SCM_RIGHTS
    const Head = extern struct {
        name: usize = 0,
        name_length: u32 = 0,
        pieces: [*]const Piece,
        pieces_length: usize = 1,
        control: *const Control,
        control_length: usize,
        flags: i32 = 0,
    };
    const piece = [1]Piece{.{ .base = "R", .length = 1 }};
    var control: Control = .{ .length = 16 + 4 * descriptors.len };
    for (descriptors, 0..) |descriptor, i| control.descriptors[i] = descriptor;
    const head: Head = .{ .pieces = &piece, .control = &control, .control_length = (control.length + 7) & ~@as(usize, 7) };
    if (linux.syscall3(.sendmsg, socket, @intFromPtr(&head), 0) != 1) return null;

    const length: [4]u8 = @bitCast(std.mem.nativeToLittle(u32, @intCast(message.length)));
    if (!send(socket, &length) or !send(socket, message.bytes[0..message.length])) return null;
    var answer: [4]u8 = undefined;
    var got: usize = 0;
    while (got < answer.len) {
        const n = linux.syscall3(.read, socket, @intFromPtr(&answer) + got, answer.len - got);
        if (isError(n) or n == 0) return null;
        got += n;
    }
    return std.mem.littleToNative(u32, @bitCast(answer));
}

fn send(socket: usize, bytes: []const u8) bool {
    var sent: usize = 0;
    while (sent < bytes.len) {
        const n = linux.syscall3(.write, socket, @intFromPtr(bytes.ptr) + sent, bytes.len - sent);
        if (isError(n) or n == 0) return false;
        sent += n;
    }
    return true;
}

fn say(text: []const u8) void {
    _ = linux.syscall3(.write, 2, @intFromPtr(text.ptr), text.len);
}

fn fail(comptime why: []const u8) noreturn {
    say("reviewer: the build cannot go on: " ++ why ++ "\n");
    linux.exit_group(1);
}

fn isError(result: usize) bool {
    return @as(isize, @bitCast(result)) < 0;
}
