"""Every shape that a zig build can have, each a small project in a folder of its own, with what Reviewer should know of it beside it.

To add a shape, add a folder with a `build.zig` and a `build.zig.zon` that zig 0.14 to 0.17 accept (its programs need to compile with 0.17
only), then run `make shapes` and read what it wrote:

- `configured.txt` is the graph by real zig, the same for all versions. Where one differs, `configured-0.16.txt` holds from that version on.
- `read.txt` is there only where reading the source tells other run steps than that.
"""
