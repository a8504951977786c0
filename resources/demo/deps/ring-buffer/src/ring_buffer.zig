/// A fixed-size first-in first-out queue; pushing into a full one drops the oldest item.
pub fn RingBuffer(comptime T: type, comptime capacity: usize) type {
    return struct {
        items: [capacity]T = undefined,
        first: usize = 0,
        len: usize = 0,

        pub fn push(ring: *@This(), item: T) void {
            if (ring.len == capacity) _ = ring.pop();
            ring.items[(ring.first + ring.len) % capacity] = item;
            ring.len += 1;
        }

        pub fn pop(ring: *@This()) ?T {
            if (ring.len == 0) return null;
            defer {
                ring.first = (ring.first + 1) % capacity;
                ring.len -= 1;
            }
            return ring.items[ring.first];
        }
    };
}
