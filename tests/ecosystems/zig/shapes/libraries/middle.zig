extern fn deep() u8;

export fn middle() u8 {
    return deep();
}
