//! Stands in for a project's review.zig while Reviewer itself configures it in the sandbox: the graph is needed before anything is trusted.

pub fn check(b: anytype) void {
    _ = b;
}
