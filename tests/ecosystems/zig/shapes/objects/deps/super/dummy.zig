export fn dummy() void {}
