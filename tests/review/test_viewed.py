"""Viewed marks belong to content, not to places, and outlive the session."""

import shutil
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.places import state_dir
from reviewer.progress import Progress
from reviewer.review.open import open_review
from reviewer.review.review import Review
from reviewer.review.viewed import Viewed

SUPER = "zig:super@1.0.0#deps/super"


@pytest.fixture(autouse=True)
def nothing_viewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))


def opened(project: Path) -> Review:
    return open_review(project, Progress(), evidence=Evidence.READ)


def test_what_was_viewed_is_viewed_in_the_next_session_and_in_another_project(demo: Path, tmp_path: Path) -> None:
    review = opened(demo)
    assert not review.is_viewed(SUPER, "build.zig")
    review.toggle_viewed(SUPER, "build.zig")
    assert review.is_viewed(SUPER, "build.zig")
    other = Path(shutil.copytree(demo, tmp_path / "other"))
    assert opened(other).is_viewed(SUPER, "build.zig")
    assert not opened(other).is_viewed(SUPER, "evil.zig")


def test_other_content_in_the_same_place_is_not_viewed(demo: Path) -> None:
    opened(demo).toggle_viewed(SUPER, "build.zig")
    file = demo / "deps/super/build.zig"
    file.write_text(file.read_text() + "\n")
    assert not opened(demo).is_viewed(SUPER, "build.zig")


def test_bytes_that_are_shown_alike_are_not_taken_for_each_other(demo: Path) -> None:
    file = demo / "deps/super/build.zig"
    whole = file.read_bytes()
    file.write_bytes(whole + b"// \xff\n")
    opened(demo).toggle_viewed(SUPER, "build.zig")
    file.write_bytes(whole + b"// \xfe\n")
    assert not opened(demo).is_viewed(SUPER, "build.zig")


def test_what_changed_behind_the_reviewers_back_is_not_marked(demo: Path) -> None:
    review = opened(demo)
    assert not review.is_viewed(SUPER, "build.zig")
    file = demo / "deps/super/build.zig"
    file.write_text(file.read_text() + "\n")
    with pytest.raises(ReviewerError, match="reload"):
        review.toggle_viewed(SUPER, "build.zig")


def test_a_mark_can_be_taken_back(demo: Path) -> None:
    review = opened(demo)
    review.toggle_viewed(SUPER, "build.zig")
    review.toggle_viewed(SUPER, "build.zig")
    assert not opened(demo).is_viewed(SUPER, "build.zig")


def test_two_windows_do_not_lose_each_others_marks() -> None:
    first, second = Viewed(), Viewed()
    first.toggle("sha256:a")
    second.toggle("sha256:b")
    assert "sha256:a" in Viewed()
    assert "sha256:b" in Viewed()
    second.toggle("sha256:a")
    assert "sha256:a" not in Viewed(), "the second window showed the mark by then, and took it back"


def test_a_damaged_record_counts_as_nothing_viewed() -> None:
    state_dir().mkdir()
    (state_dir() / "viewed.json").write_text('{"no": "list"')
    assert "sha256:a" not in Viewed()


def test_progress_counts_lines_and_files_that_nobody_has_looked_at(demo: Path) -> None:
    review = opened(demo)
    before = review.left
    assert before.packages == 4
    assert before.viewed == 0
    lines = next(file.lines for file in review.reading(SUPER) if file.path == "evil.zig")
    review.toggle_viewed(SUPER, "evil.zig")
    assert review.left == before._replace(lines=before.lines - lines, viewed=1)
