export fn made() u8 {
    return 2;
}
