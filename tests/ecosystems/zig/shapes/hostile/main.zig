pub fn main() u8 {
    return @import("same").value;
}
