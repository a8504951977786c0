"""Door 2 of the gate, with the real zig: plain `zig build`, without Reviewer, obeys review.lock."""

import json
import os
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from reviewer.content.digest import package_digest
from reviewer.errors import ReviewerError
from reviewer.gate import installed
from reviewer.gate.installed import Installed, apply
from reviewer.gate.zig import plan_install, plan_remove, status
from reviewer.resources import resource

WHEEL = find_spec("ziglang")
assert WHEEL is not None
assert WHEEL.origin is not None
ZIGS = [Path(WHEEL.origin).parent / "zig"]
HIDDEN = "super: this program ran because you imported a module"
PATHS = ("deps/event-loop", "deps/ring-buffer", "deps/super", "deps/unicode-tables")


@pytest.fixture(scope="module", autouse=True)
def quick_toolchain() -> Iterator[None]:
    """zig compiles its own maker once per cache: unoptimized in seconds, otherwise in minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZIG_DEBUG_CMD", "1")
        yield


@dataclass(frozen=True)
class Project:
    """A project and what builds it."""

    zig: Path
    root: Path

    def build(self, *arguments: str, folder: Path | None = None) -> tuple[int, str]:
        done = subprocess.run(
            [self.zig, "build", *arguments], cwd=folder or self.root, capture_output=True, text=True, timeout=300
        )
        return done.returncode, done.stdout + done.stderr

    def passes(self, *arguments: str) -> bool:
        code, output = self.build(*arguments)
        assert "Reviewer" not in output
        return code == 0

    def stops(self, because: str, **place: Path) -> None:
        code, output = self.build(**place)
        assert code != 0
        assert HIDDEN not in output
        assert "DEPENDENCY CODE RAN" not in output
        assert because in output
        for trace in ("panic", "thread ", ".zig:"):
            assert trace not in output

    def decide(self, entries: dict[str, dict[str, object]]) -> None:
        self.lock({"version": 1, "packages": entries})

    def lock(self, content: object) -> None:
        (self.root / "review.lock").write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def entry(folder: Path, **changes: object) -> dict[str, object]:
    return {
        "digest": package_digest(folder),
        "decision": "trusted",
        "criteria": ["run"],
        "by": "Somebody <some@body>",
        "at": "2026-11-23T22:00:00Z",
        "note": "",
        "steps": {},
        **changes,
    }


def trust(root: Path, *paths: str) -> dict[str, dict[str, object]]:
    return {f"zig:{Path(path).name}@1.0.0#{path}": entry(root / path) for path in paths}


@pytest.fixture(params=ZIGS, ids=lambda path: "zig")
def zig(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def gated(zig: Path, demo: Path) -> Project:
    apply(plan_install(demo))
    return Project(zig, demo)


WRITTEN = """const std = @import("std");
pub fn build(b: *std.Build) void {
    std.debug.print("DEPENDENCY CODE RAN\\n", .{});
    _ = b.addModule("m", .{ .root_source_file = b.path("root.zig") });
}
"""


def manifest(name: str, dependencies: str = "") -> str:
    fingerprint = zlib.crc32(name.encode()) << 32 | 12345
    return (
        f'.{{ .name = .{name}, .version = "1.0.0", .fingerprint = 0x{fingerprint:x},'
        f' .paths = .{{"build.zig"}}, .dependencies = .{{ {dependencies} }} }}\n'
    )


@pytest.fixture(scope="module", params=ZIGS, ids=lambda path: "zig")
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A gated project with a dependency in its tree and one beside it: compiled once, then only configured again."""
    base = tmp_path_factory.mktemp("small")
    for folder, name in ((base / "app/in", "inside"), (base / "out", "outside")):
        folder.mkdir(parents=True)
        (folder / "build.zig").write_text(WRITTEN)
        (folder / "build.zig.zon").write_text(manifest(name))
        (folder / "root.zig").write_text("pub const one = 1;\n")
    app = base / "app"
    (app / "build.zig").write_text(
        'const std = @import("std");\npub fn build(b: *std.Build) void {\n'
        '    _ = b.dependency("inside", .{});\n    _ = b.dependency("outside", .{});\n}\n'
    )
    (app / "build.zig.zon").write_text(manifest("app", '.inside = .{ .path = "in" }, .outside = .{ .path = "../out" }'))
    (app / "src").mkdir()
    apply(plan_install(app))
    return Project(Path(request.param), app)


@pytest.fixture
def approved(small: Project) -> Iterator[Project]:
    """The small project, trusted and built, so that its configuration is cached; whatever a test does to it is undone."""
    base = small.root.parent
    kept = shutil.copytree(base, base.with_name("kept"), symlinks=True, ignore=shutil.ignore_patterns(".zig-cache"))
    small.decide(trust(small.root, "in", "../out"))
    assert small.build()[0] == 0
    assert small.build()[0] == 0
    yield small
    for part in ("app/in", "out"):
        shutil.rmtree(base / part)
        shutil.copytree(kept / part, base / part, symlinks=True)
    for name in ("build.zig", "build.zig.zon"):
        shutil.copy2(kept / "app" / name, small.root / name)
    shutil.rmtree(kept)


def test_the_demo_builds_only_once_everything_in_it_is_trusted(gated: Project) -> None:
    assert not (gated.root / "review.lock").exists()
    gated.stops("super (deps/super): not reviewed")

    gated.decide({})
    gated.stops("super (deps/super): not reviewed")
    _, output = gated.build()
    assert all(f"({path}): not reviewed" in output for path in PATHS)
    assert "reviewer open" in output
    assert "reviewer trust PACKAGE" in output

    gated.decide(trust(gated.root, *PATHS))
    code, output = gated.build()
    assert code == 0
    assert HIDDEN in output

    source = gated.root / "deps/super/dummy.zig"
    source.write_text(source.read_text().replace("An empty", "An  mpty", 1).replace("  ", "En ", 1))
    gated.stops("super (deps/super): content changed since it was reviewed")


def edit_byte(base: Path) -> None:
    path = base / "app/in/root.zig"
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))


def add_file(base: Path) -> None:
    (base / "app/in/new.zig").write_text("")


def add_file_in_new_folder(base: Path) -> None:
    (base / "app/in/a/b").mkdir(parents=True)
    (base / "app/in/a/b/new.zig").write_text("")


def remove_file(base: Path) -> None:
    (base / "app/in/root.zig").unlink()


def rename_file(base: Path) -> None:
    (base / "app/in/root.zig").rename(base / "app/in/toor.zig")


def replace_file_by_link(base: Path) -> None:
    shutil.copy2(base / "app/in/root.zig", base / "app/in/build.zig.zon.other")
    (base / "app/in/root.zig").unlink()
    (base / "app/in/root.zig").symlink_to("build.zig.zon.other")


def check_out_as_executable(base: Path) -> None:
    """As git does it: a new file in place of the old one."""
    new = base / "app/in/new"
    shutil.copy2(base / "app/in/root.zig", new)
    new.chmod(0o755)
    new.replace(base / "app/in/root.zig")


def edit_beside_the_project(base: Path) -> None:
    (base / "out/root.zig").write_text("pub const one = 2;\n")


@pytest.mark.parametrize(
    "change",
    [
        edit_byte,
        add_file,
        add_file_in_new_folder,
        remove_file,
        rename_file,
        replace_file_by_link,
        check_out_as_executable,
        edit_beside_the_project,
    ],
)
def test_a_cached_configuration_does_not_hide_that_a_package_changed(
    approved: Project, change: Callable[[Path], None]
) -> None:
    change(approved.root.parent)
    approved.stops("content changed since it was reviewed")


def test_a_cached_configuration_does_not_hide_a_change_from_a_build_in_a_subfolder(approved: Project) -> None:
    assert approved.build(folder=approved.root / "src")[0] == 0
    edit_beside_the_project(approved.root.parent)
    approved.stops("outside (../out): content changed", folder=approved.root / "src")


def test_the_project_may_be_built_from_anywhere(approved: Project) -> None:
    elsewhere = approved.root.parent
    assert approved.build("--build-file", "app/build.zig", folder=elsewhere)[0] == 0
    assert approved.build("--build-file", str(approved.root / "build.zig"), folder=approved.root / "src")[0] == 0
    edit_byte(elsewhere)
    code, output = approved.build("--build-file", "app/build.zig", folder=elsewhere)
    assert code != 0
    assert "inside (in): content changed" in output


def test_a_link_that_leads_elsewhere_now_is_a_change(approved: Project) -> None:
    link = approved.root / "in/link"
    link.symlink_to("root.zig")
    approved.decide(trust(approved.root, "in", "../out"))
    assert approved.passes()
    assert approved.passes()
    link.unlink()
    link.symlink_to("build.zig")
    approved.stops("inside (in): content changed")


def test_a_new_dependency_takes_effect_at_the_next_build(approved: Project) -> None:
    shutil.copytree(approved.root / "in", approved.root.parent / "out/more")
    (approved.root.parent / "out/more/build.zig.zon").write_text(manifest("more"))
    approved.decide(trust(approved.root, "in", "../out"))
    assert approved.passes()
    listed = '.inside = .{ .path = "in" }, .outside = .{ .path = "../out" }, .more = .{ .path = "../out/more" }'
    (approved.root / "build.zig.zon").write_text(manifest("app", listed))
    approved.stops("more (../out/more): not reviewed")


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"decision": "rejected"}, "inside (in): rejected"),
        ({"decision": "deferred"}, "inside (in): deferred"),
        ({"decision": "Trusted"}, "unknown decision"),
        ({"criteria": []}, "neither to run nor to ship"),
        ({"criteria": "run"}, "neither to run nor to ship"),
        ({"digest": "sha256:0"}, "inside (in): content changed"),
        ({"digest": None}, "no digest"),
    ],
)
def test_an_edit_of_the_lock_takes_effect_at_the_next_build(
    approved: Project, changes: dict[str, object], because: str
) -> None:
    entries = trust(approved.root, "in", "../out")
    entries["zig:in@1.0.0#in"].update(changes)
    approved.decide(entries)
    approved.stops(because)


def test_to_ship_includes_to_run(approved: Project) -> None:
    entries = trust(approved.root, "in", "../out")
    entries["zig:in@1.0.0#in"]["criteria"] = ["ship"]
    approved.decide(entries)
    assert approved.passes()


@pytest.fixture
def demanding(approved: Project) -> Iterator[Callable[[str], None]]:
    """Write the project's review.toml."""
    toml = approved.root / "review.toml"
    yield lambda text: (toml.write_text(f"version = 1\n{text}\n"), None)[1]
    toml.unlink(missing_ok=True)


# With what reviewers an entry has, a build passes that demands none, and stops where more is demanded of all packages.
ADA, BEN = ({"by": f"{name} <{name}@example.org>", "at": "2026-11-23T22:00:00Z", "note": ""} for name in ("Ada", "Ben"))


@pytest.mark.parametrize(
    ("demand", "changes", "because"),
    [
        ("[policy]\nreviewers = 2 # people", {}, "inside (in): trusted by fewer reviewers than review.toml demands"),
        ("[policy]\nreviewers = 2", {**ADA, "also": [{**BEN, "by": "Ben <ADA@example.org>"}]}, "by fewer reviewers"),
        ("[policy]\nreviewers = 2", {**ADA, "also": [BEN]}, ""),
        ("[policy]\nreviewers = 2", {**ADA, "also": [1]}, "a reviewer that is none"),
        ("[policy]\nsigned = true", {}, "inside (in): trusted, but not signed as review.toml demands"),
        ("[policy]\nsigned = true", {"signature": "U1NI"}, ""),
        ("[policy]\nsigned = true\nreviewers = 2", {**ADA, "signature": "U1NI", "also": [BEN]}, "not signed as"),
        ("[policy]\nsigned = false\nreviewers = 1", {}, ""),
    ],
)
def test_what_is_demanded_of_all_packages_is_demanded_of_the_build(
    approved: Project, demanding: Callable[[str], None], demand: str, changes: dict[str, object], because: str
) -> None:
    entries = trust(approved.root, "in", "../out")
    entries["zig:out@1.0.0#../out"].update({**ADA, "signature": "U1NI", "also": [{**BEN, "signature": "U1NI"}]})
    entries["zig:in@1.0.0#in"].update(changes)
    demanding("")
    approved.decide(entries)
    assert approved.build()[0] == 0 or "a reviewer that is none" in because
    demanding(demand)  # the configuration that is cached knew of no demand
    if because:
        approved.stops(because)
    else:
        code, output = approved.build()
        assert code == 0
        assert ("review.toml demands what this build cannot verify" in output) == ("signed = true" in demand)


@pytest.mark.parametrize(
    "demand",
    [
        '[policy]\nsigned = ["ship"]',
        "[policy]\nreviewers = { ship = 2 }",
        '[policy.packages."in"]\nreviewers = 2',
        "policy.signed = true",
    ],
)
def test_what_it_cannot_understand_it_says(approved: Project, demanding: Callable[[str], None], demand: str) -> None:
    demanding(demand)
    approved.decide(trust(approved.root, "in", "../out") | {"zig:none@1.0.0#none": entry(approved.root / "in")})
    code, output = approved.build()
    assert code == 0
    assert "review.toml demands what this build cannot verify: `reviewer check` does" in output


def test_of_several_entries_for_a_package_none_may_object(approved: Project) -> None:
    entries = trust(approved.root, "in", "../out")
    older = {"zig:in@0.9.0#in": entry(approved.root / "in", digest="sha256:0")}
    approved.decide(entries | older)
    assert approved.passes()
    for decision, because in (("rejected", "inside (in): rejected"), ("deferred", "inside (in): deferred")):
        older["zig:in@0.9.0#in"]["decision"] = decision
        approved.decide(older | entries)
        approved.stops(because)


def test_an_entry_of_another_ecosystem_or_another_pin_trusts_nothing(approved: Project) -> None:
    here = entry(approved.root / "in")
    approved.decide({"npm:in@1.0.0#in": here, "zig:in@1.0.0#in/": here, "zig:in@1.0.0": here, "zig:#x#in": here})
    approved.stops("inside (in): not reviewed")


WHOLE = '{"version": 1, "packages": {}}'


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "not JSON"),
        (WHOLE[:-1], "not JSON"),
        (WHOLE + "x", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no packages"),
        ('{"version": 1}', "no packages"),
        ('{"packages": {}}', "version is not 1"),
        (WHOLE.replace("1", "2"), "version is not 1"),
        (WHOLE.replace("1", '"1"'), "version is not 1"),
        (WHOLE.replace("{}", '{"a": 1}'), "without a decision"),
        (WHOLE.replace("{}", '{"a": {}}'), "without a decision"),
        ('{"version": 1, "packages": {}, "packages": {}}', "a key occurs twice"),
        (WHOLE.replace("{}", '{"a": {"decision": "rejected", "decision": "trusted"}}'), "a key occurs twice"),
        (f"{{\n<<<<<<< ours\n{WHOLE}\n=======\n{WHOLE}\n>>>>>>> theirs\n", "conflict markers"),
        (" " * (17 << 20), "too large"),
    ],
)
def test_a_lock_that_cannot_be_understood_stops_the_build_in_one_line(small: Project, text: str, because: str) -> None:
    (small.root / "review.lock").write_text(text)
    code, output = small.build()
    assert code != 0
    assert "DEPENDENCY CODE RAN" not in output
    (line,) = (line for line in output.splitlines() if line.startswith("error: review.lock"))
    assert because in line
    assert "configure command exited with code 1" in output


def test_a_lock_that_is_not_a_file_stops_the_build(approved: Project) -> None:
    lock = approved.root / "review.lock"
    lock.unlink()
    approved.stops("not reviewed")
    lock.mkdir()
    approved.stops("not a file")
    lock.rmdir()
    os.mkfifo(lock)
    approved.stops("not a file")
    lock.unlink()


def test_the_check_and_reviewer_agree_about_every_kind_of_content(approved: Project) -> None:
    folder = approved.root / "in"
    for name in (
        b"a/b",
        b"a.b",
        b"a-b",
        b"A",
        b"nested/deep/er/file",
        b".hidden",
        b"sub/.git/x",
        b"n\xff\xfe",
        "ä🙂".encode(),
    ):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name)
    (folder / "empty").touch()
    (folder / "empty folder/inner").mkdir(parents=True)
    (folder / "large").write_bytes(b"0123456789" * 20_000)
    for mode in (0o100, 0o010, 0o001):
        (folder / f"exec{mode}").write_text("#!/bin/sh\n")
        (folder / f"exec{mode}").chmod(0o600 | mode)
    (folder / "nested/link").symlink_to("../root.zig")
    (folder / "folder link").symlink_to("nested")
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("not shipped")
    approved.decide(trust(approved.root, "in", "../out"))
    assert approved.passes()
    (folder / ".git/HEAD").write_text("still not shipped")
    assert approved.passes()


@pytest.mark.parametrize("target", ["/etc/passwd", "../build.zig", "nested/../../x", ".git/HEAD", "nested/.git/x"])
def test_a_link_that_may_lead_out_of_the_package_stops_the_build(approved: Project, target: str) -> None:
    (approved.root / "in/link").symlink_to(target)
    approved.stops("in cannot be checked: it has a symbolic link that may lead out")


def test_what_is_neither_file_nor_folder_stops_the_build(approved: Project) -> None:
    os.mkfifo(approved.root / "in/pipe")
    approved.stops("neither file, folder nor link")


def test_names_from_a_package_cannot_write_to_the_terminal(approved: Project) -> None:
    shutil.copytree(approved.root / "in", approved.root / "in/\x1b[31mred\u202e")
    (approved.root / "build.zig.zon").write_text(
        manifest(
            "app",
            '.inside = .{ .path = "in" }, .outside = .{ .path = "in/\x1b[31mred\u202e" }'.replace("\x1b", "\\x1b"),
        )
    )
    code, output = approved.build()
    assert code != 0
    assert "DEPENDENCY CODE RAN" not in output
    assert "in/\\x1b[31mred\\xe2\\x80\\xae" in output
    assert "\x1b[31m" not in output


def test_a_package_without_a_hash_of_its_own_folder_is_read_even_where_zig_keeps_it(approved: Project) -> None:
    """zig takes zig-pkg/HASH in a project's tree as it finds it; a decision is about the content that was read."""
    pin = "inside-1.0.0-" + "A" * 44
    folder = approved.root / "zig-pkg" / pin
    shutil.copytree(approved.root / "in", folder)
    (approved.root / "build.zig.zon").write_text(
        manifest(
            "app", f'.inside = .{{ .url = "https://x.invalid/", .hash = "{pin}" }}, .outside = .{{ .path = "../out" }}'
        )
    )
    entries = trust(approved.root, "../out")
    approved.decide(entries)
    approved.stops(f"inside ({pin}): not reviewed")
    approved.decide(entries | {f"zig:inside@1.0.0#{pin}": entry(folder)})
    assert approved.passes()
    assert approved.passes()
    (folder / "root.zig").write_text("pub const one = 2;\n")
    approved.stops(f"inside ({pin}): content changed")
    shutil.rmtree(approved.root / "zig-pkg")


def test_as_a_dependency_of_another_project_the_check_does_nothing(approved: Project) -> None:
    (approved.root / "review.lock").unlink()
    outer = approved.root.parent / "outer"
    outer.mkdir()
    (outer / "build.zig").write_text(
        'const std = @import("std");\npub fn build(b: *std.Build) void {\n    _ = b.dependency("app", .{});\n}\n'
    )
    (outer / "build.zig.zon").write_text(manifest("outer", '.app = .{ .path = "../app" }'))
    assert approved.build(folder=outer)[0] == 0


def test_installing_is_shown_first_and_taken_back_to_the_byte(demo: Path) -> None:
    before = {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()}
    assert status(demo).installed is Installed.ABSENT
    change = plan_install(demo)
    shown = change.diff()
    assert '+    @import("review.zig").check(b);' in shown
    assert '+    .paths = .{ "review.zig", "build.zig", "build.zig.zon", "src", "deps" },' in shown
    assert "--- /dev/null\n+++ b/review.zig" in shown
    assert {path: path.read_bytes() for path in before} == before

    apply(change)
    assert status(demo).installed is Installed.INSTALLED
    assert not plan_install(demo)

    apply(plan_remove(demo))
    assert {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()} == before
    assert status(demo).installed is Installed.ABSENT
    assert not plan_remove(demo)


def test_a_check_that_no_longer_protects_is_told_and_put_right(demo: Path) -> None:
    apply(plan_install(demo))
    whole = {name: (demo / name).read_bytes() for name in ("review.zig", "build.zig", "build.zig.zon")}

    def damaged() -> None:
        assert status(demo).installed is Installed.DAMAGED
        apply(plan_install(demo))
        assert {name: (demo / name).read_bytes() for name in whole} == whole

    (demo / "review.zig").write_bytes(whole["review.zig"].replace(b"return .rejected", b"continue"))
    damaged()
    (demo / "review.zig").unlink()
    damaged()
    (demo / "build.zig").write_bytes(whole["build.zig"].replace(b'    @import("review.zig").check(b);\n', b""))
    damaged()
    (demo / "build.zig.zon").write_bytes(whole["build.zig.zon"].replace(b'"review.zig", ', b""))
    damaged()


def test_the_check_of_another_version_is_updated(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "review.zig"
    older.write_bytes(resource("zig/review.zig").read_bytes() + b"// older\n")
    with monkeypatch.context() as patch:
        patch.setattr("reviewer.gate.zig.resource", lambda _: older)
        apply(plan_install(demo))
    assert status(demo).installed is Installed.OUTDATED
    apply(plan_install(demo))
    assert status(demo).installed is Installed.INSTALLED


def test_a_review_zig_of_somebody_else_is_never_touched(demo: Path) -> None:
    (demo / "review.zig").write_text("pub const mine = true;\n")
    for plan in (plan_install, plan_remove):
        with pytest.raises(ReviewerError, match="not Reviewer's"):
            plan(demo)


def test_a_linked_build_file_is_refused(demo: Path, tmp_path: Path) -> None:
    (demo / "build.zig").rename(tmp_path / "elsewhere.zig")
    (demo / "build.zig").symlink_to(tmp_path / "elsewhere.zig")
    with pytest.raises(ReviewerError, match="symbolic link"):
        plan_install(demo)


def test_without_a_build_file_there_is_nothing_to_gate(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match=r"no build\.zig"):
        plan_install(tmp_path)


def test_a_file_that_changed_since_the_plan_is_not_overwritten(demo: Path) -> None:
    change = plan_install(demo)
    (demo / "build.zig").write_bytes((demo / "build.zig").read_bytes() + b"// mine\n")
    with pytest.raises(ReviewerError, match="changed meanwhile"):
        apply(change)
    assert not (demo / "review.zig").exists()


def test_when_one_file_cannot_be_written_the_others_are_put_back(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()}
    put = installed._put

    def full(path: Path, content: bytes | None) -> None:
        if path.name == "build.zig":
            raise OSError(28, "No space left on device")
        put(path, content)

    monkeypatch.setattr(installed, "_put", full)
    with pytest.raises(ReviewerError, match="nothing was changed"):
        apply(plan_install(demo))
    assert {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()} == before


def test_permissions_of_edited_files_stay(demo: Path) -> None:
    (demo / "build.zig").chmod(0o640)
    apply(plan_install(demo))
    assert (demo / "build.zig").stat().st_mode & 0o777 == 0o640
