const RingBuffer = @import("ring_buffer").RingBuffer;

pub const Loop = struct {
    events: RingBuffer(u32, 16) = .{},

    pub fn post(loop: *Loop, event: u32) void {
        loop.events.push(event);
    }

    pub fn next(loop: *Loop) ?u32 {
        return loop.events.pop();
    }
};
