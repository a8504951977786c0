pub fn main() u8 {
    return @import("near").value;
}
