extern fn middle() u8;
extern fn made() u8;

pub fn main() u8 {
    return middle() + made();
}
