//! Stands for the copy of zig's own code for run steps where that was not recognised, and there is no enforced build,
//! or where another process makes the steps, as from zig 0.17 on.

const Step = @import("std").Build.Step;

pub fn make(_: *Step, _: Step.MakeOptions) anyerror!void {
    @import("reviewer_hook_files.zig").fail("run steps of this zig cannot be enforced");
}
