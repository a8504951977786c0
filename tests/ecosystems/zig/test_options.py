"""Words that reach a real `zig build`: build options and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.ecosystems.zig.options import check_options, install_prefix, named_places, package_sources
from reviewer.errors import ReviewerError


def test_everything_that_configures_a_build_passes_in_its_order() -> None:
    options = ("-Dtarget=aarch64-linux", "-Dfoo", "-Dempty=", "--release", "--release=fast", "-fsys=z", "-fno-sys=z")
    assert check_options(options) == options


@pytest.mark.parametrize(
    "word",
    [
        "test",
        "-p",
        "--prefix=/",
        "--prefix",
        "--build-runner",
        "--zig-lib=x",
        "--cache-dir",
        "--",
        "-D",
        "-D=1",
        "-fsys=",
        "-Z1",
        "",
    ],
)
def test_anything_else_is_refused_by_name(word: str) -> None:
    with pytest.raises(ReviewerError, match="is not a build option; there can be -Dname=value") as caught:
        check_options(["-Dfoo", word])
    assert f"“{word}”" in str(caught.value)


def test_where_packages_come_from_is_an_absolute_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fork").mkdir()
    (tmp_path / "sys").mkdir()
    monkeypatch.chdir(tmp_path)
    checked = check_options(["--system", "sys", "--fork", "fork", "--fork=fork", "-Dx"])
    assert checked == ("--system", f"{tmp_path}/sys", f"--fork={tmp_path}/fork", f"--fork={tmp_path}/fork", "-Dx")
    assert package_sources(checked) == (tmp_path / "sys", (tmp_path / "fork", tmp_path / "fork"))
    for words in (["--system"], ["--fork", "nowhere"], ["--system", ""], ["--fork="]):
        with pytest.raises(ReviewerError, match="is no folder"):
            check_options(words)


@pytest.mark.parametrize("word", ["-Dname=\x1b[31m", "-Dname=\u202e", "-Da\nb", "-Dname=" + "x" * 5000])
def test_what_cannot_be_shown_is_refused_in_one_visible_line(word: str) -> None:
    with pytest.raises(ReviewerError) as caught:
        check_options([word])
    assert str(caught.value).isprintable()


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_word_passes_that_zig_would_not_take_for_an_option(words: list[str]) -> None:
    try:
        passed = check_options(words)
    except ReviewerError:
        return
    assert all(word.startswith(("-D", "--release", "-fsys=", "-fno-sys=")) for word in passed)


def test_where_to_install_and_what_to_look_into_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "libc.txt").touch()
    monkeypatch.chdir(tmp_path)
    checked = check_options(["-p", "out", "-Dx", "--libc", "libc.txt", "--prefix-lib-dir", "lib64"])
    assert checked == (
        "--prefix",
        f"{tmp_path}/out",
        "-Dx",
        "--libc",
        f"{tmp_path}/libc.txt",
        "--prefix-lib-dir",
        "lib64",
    )
    assert install_prefix(checked) == tmp_path / "out"
    assert install_prefix(("-Dx",)) is None
    assert named_places(checked) == (tmp_path / "libc.txt",)
    with pytest.raises(ReviewerError, match="“nowhere” is not there"):
        check_options(["--sysroot", "nowhere"])
