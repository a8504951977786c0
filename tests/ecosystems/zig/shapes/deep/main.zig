pub fn main() u8 {
    return @import("middle").value;
}
