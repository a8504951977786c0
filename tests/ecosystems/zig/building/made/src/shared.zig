export fn answer() u32 {
    return 42;
}
