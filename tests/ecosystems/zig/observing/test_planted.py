"""Build code plants a link where Reviewer looks for what to run: followed, it would hand the observed program a secret of the host."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.observing.observe import observe_step
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.open import open_review


def test_a_planted_input_is_found_before_anything_runs_with_it(demo: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    build = demo / "deps/super/build.zig"
    body = f"""
    var dir = std.Io.Dir.cwd().openDir(b.graph.io, "{project_cache(demo) / "record"}", .{{}}) catch return;
    dir.symLink(b.graph.io, "{secret}", "input", .{{}}) catch unreachable;
"""
    text = build.read_text()
    assert text.endswith("}\n")
    build.write_text(text[:-2] + body + "}\n")
    graph = open_review(demo, Progress(), evidence=Evidence.CONFIGURED).graph
    step = next(step for step in graph.run_steps if "generate" in step.name)
    with pytest.raises(ReviewerError, match="leads out of the folder") as refused:
        observe_step(demo, step.id, Progress())
    assert refused.value.where.endswith("/input")
