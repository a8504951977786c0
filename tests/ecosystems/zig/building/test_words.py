"""What can follow `reviewer build --`."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.building.words import sort_words
from reviewer.errors import ReviewerError

ROOT = Path("/project")


def test_the_words_of_zig_build_are_told_apart() -> None:
    typed = ["run", "-Dfast=true", "-j2", "--summary", "all", "docs", "--release", "--", "-Dnot", "--watch", "run"]
    words = sort_words(ROOT, typed)
    assert words.steps == ("run", "docs")
    assert words.options == ("-Dfast=true", "--release"), "what shapes the graph, and so is part of what is approved"
    assert words.words == ("-Dfast=true", "--release", "-j2", "--summary", "all", "run", "docs")
    assert words.arguments == ("-Dnot", "--watch", "run"), "the program's own, whatever they are"
    assert words.prefix == ROOT / "zig-out"


def test_the_folder_to_install_to_is_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sort_words(ROOT, ["-p", "x"]).prefix == tmp_path / "x"


@pytest.mark.parametrize(
    ("word", "why"),
    {
        "--build-runner": "Reviewer names it itself",
        "--zig-lib-dir": "Reviewer names it itself",
        "--zig-lib=x": "Reviewer names it itself",
        "--cache-dir": "Reviewer names it itself",
        "--global-cache-dir": "Reviewer names it itself",
        "--pkg-dir": "Reviewer names it itself",
        "--cache-poison=ignored": "Reviewer names it itself",
        "--build-file": "name the project's folder before `--`",
        "--watch": "verified once and ends",
        "--webui=[::]:80": "verified once and ends",
        "--fuzz": "verified once and ends",
        "--listen=-": "verified once and ends",
        "--fetch=all": "use `reviewer fetch`",
        "--print-configuration-path": "use `reviewer graph`",
        "-fqemu": "programs of other machines",
    }.items(),
)
def test_a_way_around_is_refused_with_the_reason(word: str, why: str) -> None:
    with pytest.raises(ReviewerError, match="cannot be in an enforced build") as refused:
        sort_words(ROOT, ["test", word, "x"])
    assert word in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize("word", ["-Z123", "--build-runner=x", "--new-in-zig-0.18", "-x", "--color=\x1b[31m"])
def test_what_is_not_known_never_reaches_zig(word: str) -> None:
    with pytest.raises(ReviewerError, match="is no word of `zig build` that Reviewer knows") as refused:
        sort_words(ROOT, [word])
    assert str(refused.value).isprintable()


def test_a_word_that_lacks_its_other_half_is_told() -> None:
    with pytest.raises(ReviewerError, match="after -- --summary: a word is missing"):
        sort_words(ROOT, ["--summary"])
    with pytest.raises(ReviewerError, match="“--prefix” is not a build option"):
        sort_words(ROOT, ["--prefix"])
