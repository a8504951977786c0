export fn deep() u8 {
    return 1;
}
