const data = @embedFile("data");

pub fn main() u8 {
    return @import("named").value + @import("anonymous").value + @import("left").value + data.len;
}
