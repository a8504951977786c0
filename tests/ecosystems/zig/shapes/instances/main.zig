pub fn main() u8 {
    return @import("one").value + @import("two").value + @import("user").value;
}
