"""A decision that was saved is on disk, a save that failed changed nothing, and nobody's decision is ever lost."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.lock import storage
from reviewer.lock.decision import Criteria, Decision, Lock, Verdict
from reviewer.lock.format import canonical, render
from reviewer.lock.storage import load, save
from tests.lock.children import in_child


def decided(package: str, verdict: Verdict = Verdict.TRUSTED, note: str = "") -> Decision:
    digest = "sha256:" + "0" * 64
    return Decision(package=package, digest=digest, verdict=verdict, by="Ada", at="2026-01-01T00:00:00Z", note=note)


def lock(*packages: str) -> Lock:
    return Lock().with_decisions(decided(package) for package in packages)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder / "review.lock"


def refused(work: Callable[[], object]) -> ReviewerError:
    with pytest.raises(ReviewerError) as caught:
        work()
    assert caught.value.where.startswith("review.lock")
    assert caught.value.cure
    return caught.value


def test_no_file_is_an_empty_lock(path: Path) -> None:
    assert load(path) == Lock()
    assert not path.exists()


def test_what_was_saved_is_loaded_and_nothing_else_is_left(path: Path) -> None:
    assert save(path, Lock(), lock("a")) == lock("a")
    assert load(path) == lock("a")
    assert names(path.parent) == ["review.lock"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_permissions_of_the_file_stay(path: Path) -> None:
    save(path, Lock(), lock("a"))
    path.chmod(0o660)
    save(path, lock("a"), lock("a", "b"))
    assert path.stat().st_mode & 0o777 == 0o660


def test_unchanged_content_is_not_written(path: Path) -> None:
    save(path, Lock(), Lock())
    assert not path.exists()
    path.write_bytes(render(lock("a")).replace(b"  ", b"\t"))
    before = path.stat()
    assert save(path, lock("a"), lock("a")) == lock("a")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_forgetting_the_last_decision_leaves_an_empty_file(path: Path) -> None:
    save(path, Lock(), lock("a"))
    assert save(path, lock("a"), Lock()) == Lock()
    assert path.read_bytes() == render(Lock())


def test_what_changed_on_disk_meanwhile_is_kept(path: Path) -> None:
    seen = save(path, Lock(), lock("a"))
    save(path, seen, lock("a", "theirs"))
    assert save(path, seen, lock("a", "ours")) == lock("a", "ours", "theirs")
    assert load(path) == lock("a", "ours", "theirs")


def test_a_reject_made_meanwhile_outlives_our_trust(path: Path) -> None:
    rejected = Lock().with_decisions([decided("a", Verdict.REJECTED)])
    save(path, Lock(), rejected)
    assert save(path, Lock(), lock("a")) == rejected
    assert load(path) == rejected


def test_values_that_mean_the_same_are_no_change_by_somebody_else(path: Path) -> None:
    untidy = Decision(
        package="a",
        digest="sha256:" + "0" * 64,
        verdict=Verdict.REJECTED,
        by="Ada",
        at="2026-01-01T00:00:00Z",
        criteria=(Criteria.SHIP, Criteria.RUN),
    )
    before = Lock({"a": untidy})
    assert save(path, Lock(), before) == canonical(before)
    assert save(path, before, lock("a")) == lock("a")


def test_a_write_by_a_program_that_knows_no_lock_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync
    others = [render(lock("git"))]

    def checkout_in_between(descriptor: int) -> None:
        sync(descriptor)
        if others:
            path.write_bytes(others.pop())

    monkeypatch.setattr(os, "fsync", checkout_in_between)
    assert save(path, Lock(), lock("ours")) == lock("git", "ours")
    assert load(path) == lock("git", "ours")


def test_a_program_that_never_stops_writing_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[Lock] = []

    def busy(descriptor: int) -> None:
        writes.append(lock("git", str(len(writes))))
        path.write_bytes(render(writes[-1]))

    monkeypatch.setattr(os, "fsync", busy)
    assert "keeps changing" in refused(lambda: save(path, Lock(), lock("ours"))).what
    assert load(path) == writes[-1]
    assert names(path.parent) == ["review.lock"]


DAMAGED = {
    "truncated": render(lock("a"))[:-20],
    "empty": b"",
    "future": b'{"version": 2, "packages": {}}',
    "conflict": b"<<<<<<< HEAD\n" + render(lock("a")) + b"=======\n" + render(lock("b")) + b">>>>>>> b\n",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_an_error_and_stays_as_it_was(path: Path, damage: str) -> None:
    path.write_bytes(DAMAGED[damage])
    assert refused(lambda: load(path)).where.startswith("review.lock:")
    refused(lambda: save(path, Lock(), lock("c")))
    assert path.read_bytes() == DAMAGED[damage]
    assert names(path.parent) == ["review.lock"]


def test_a_real_merge_conflict_is_told_as_one(path: Path) -> None:
    def git(*words: str) -> int:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
        return subprocess.run(["git", *identity, *words], cwd=path.parent, capture_output=True, timeout=30).returncode

    git("init")
    save(path, Lock(), lock("a"))
    git("add", "review.lock")
    git("commit", "-m", "start")
    git("checkout", "-b", "other")
    save(path, lock("a"), Lock().with_decisions([decided("a", note="theirs")]))
    git("commit", "-am", "theirs")
    git("checkout", "main")
    save(path, lock("a"), Lock().with_decisions([decided("a", note="ours")]))
    git("commit", "-am", "ours")
    assert git("merge", "other") == 1
    error = refused(lambda: load(path))
    assert "resolve the merge" in error.cure


def test_a_file_beyond_all_bounds_is_not_read_whole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert "larger than" in refused(lambda: load(path)).what


def test_a_decision_that_could_not_be_read_again_is_not_written(path: Path) -> None:
    save(path, Lock(), lock("a"))
    bad = Decision(package="b", digest="md5:0", verdict=Verdict.TRUSTED, by="Ada", at="2026-01-01T00:00:00Z")
    assert "cannot be written" in refused(lambda: save(path, lock("a"), lock("a").with_decisions([bad]))).what
    assert load(path) == lock("a")


def test_a_link_out_of_the_project_is_refused(path: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(render(lock("a")))
    path.symlink_to(outside)
    assert "out of the project" in refused(lambda: load(path)).what
    assert "out of the project" in refused(lambda: save(path, Lock(), lock("b"))).what
    assert outside.read_bytes() == render(lock("a"))


def test_a_link_within_the_project_is_followed_and_stays(path: Path) -> None:
    (path.parent / "meta").mkdir()
    path.symlink_to("meta/decisions.json")
    save(path, Lock(), lock("a"))
    assert path.is_symlink()
    assert load(path) == lock("a")
    assert (path.parent / "meta/decisions.json").read_bytes() == render(lock("a"))


def test_a_link_to_itself_is_refused(path: Path) -> None:
    path.symlink_to(path.name)
    refused(lambda: load(path))
    refused(lambda: save(path, Lock(), lock("a")))
    assert path.is_symlink()


def test_a_pipe_does_not_hang_the_reader(path: Path) -> None:
    os.mkfifo(path)

    def work() -> None:
        signal.alarm(20)  # ends the child if it hangs
        load(path)

    assert in_child(work) == "review.lock: this is not a file; move it away"


def test_who_reads_during_a_save_has_the_old_file_whole(path: Path) -> None:
    save(path, Lock(), lock("a"))
    with path.open("rb") as reader:
        save(path, lock("a"), lock("a", "b"))
        assert reader.read() == render(lock("a"))


def test_a_folder_is_refused(path: Path) -> None:
    path.mkdir()
    assert "not a file" in refused(lambda: load(path)).what
    refused(lambda: save(path, Lock(), lock("a")))


def test_a_read_only_file_is_refused(path: Path) -> None:
    save(path, Lock(), lock("a"))
    path.chmod(0o444)
    error = refused(lambda: save(path, lock("a"), Lock()))
    assert "read-only" in error.what
    assert "writable" in error.cure
    assert load(path) == lock("a")
    assert names(path.parent) == ["review.lock"]


def test_a_missing_folder_is_refused(path: Path) -> None:
    path.parent.rmdir()
    assert "folder exists" in refused(lambda: save(path, Lock(), lock("a"))).cure


def test_what_killed_writers_left_is_swept_and_nothing_else(path: Path) -> None:
    stale = path.with_name(".review.lock.0123456789abcdef.tmp")
    other = [".review.lock.swp", ".review.lock.0123456789ABCDEF.tmp", "review.lock.0123456789abcdef.tmp", "x.tmp"]
    for name in [stale.name, *other]:
        (path.parent / name).write_bytes(b"left")
    save(path, Lock(), lock("a"))
    assert names(path.parent) == sorted([*other, "review.lock"])


def test_another_writer_that_never_ends_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_WAIT_SECONDS", 0)
    with storage._locked(path, "review.lock"):
        assert "another Reviewer" in refused(lambda: save(path, Lock(), lock("a"))).what
    assert not path.exists()


def test_a_state_folder_that_cannot_be_used_is_an_error(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    with pytest.raises(ReviewerError, match="own folder") as caught:
        save(path, Lock(), lock("a"))
    assert "REVIEWER_STATE_DIR" in caught.value.cure
    assert not path.exists()
