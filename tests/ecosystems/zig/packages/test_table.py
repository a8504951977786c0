import importlib.metadata
import re
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewer.content.digest import package_digest
from reviewer.ecosystems.zig.packages import search as package_search
from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage, find_packages
from reviewer.errors import ReviewerError
from reviewer.model.graph import PackageEdge, Severity
from reviewer.progress import CancelledError, Progress

ZIG = Path(str(importlib.metadata.distribution("ziglang").locate_file("ziglang/zig")))

ALPHA = "alpha-1.0.0-dev.1-eFY0EgUAAAD7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7"
BETA = "beta-2.0.0-eFY0EgUAAAD7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v8"
NAMELESS = "N-V-__8AAAUAAAABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
LEGACY = "1220" + "ab" * 32


def write(folder: Path, name: str, dependencies: str = "") -> Path:
    """A package with these entries of `.dependencies`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "build.zig").write_text(
        'const std = @import("std");\npub fn build(b: *std.Build) void {\n    _ = b;\n}\n'
    )
    (folder / "build.zig.zon").write_text(
        f'.{{ .name = .{name}, .version = "1.2.3", .fingerprint = {fingerprint_of(name)}, .paths = .{{""}},\n'
        f".dependencies = .{{\n{dependencies}\n}} }}\n"
    )
    return folder


def fingerprint_of(name: str) -> str:
    return hex(zlib.crc32(name.encode()) << 32 | 0x1234567)


def path(name: str, to: str) -> str:
    return f'.{name} = .{{ .path = "{to}" }},'


def fetched(name: str, package_hash: str, *, lazy: bool = False) -> str:
    return (
        f'.{name} = .{{ .url = "https://127.0.0.1:1/{name}", .hash = "{package_hash}", .lazy = {str(lazy).lower()} }},'
    )


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's folder, still empty, and a global cache of its own."""
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "app"


def find(root: Path) -> PackageTable:
    return find_packages(root, Progress())


def by_table_name(table: PackageTable) -> Mapping[str, ZigPackage]:
    return {package.table_name: package for package in table.packages}


def texts(table: PackageTable) -> list[str]:
    assert all(problem.severity is Severity.ERROR for problem in table.problems)
    return [f"{problem.where}: {problem.text}" for problem in table.problems]


def test_the_demo(demo: Path) -> None:
    table = find(demo)
    assert [package.package.id for package in table.packages] == [
        "zig:terminal_app@0.1.0#.",
        "zig:super@1.0.0#deps/super",
        "zig:unicode-tables@16.0.2#deps/unicode-tables",
        "zig:event-loop@0.9.3#deps/event-loop",
        "zig:ring-buffer@1.2.0#deps/ring-buffer",
    ]
    assert table.problems == ()
    assert table.minimum_zig_version == "0.17.0"
    assert table.edges[-1] == PackageEdge(
        "zig:event-loop@0.9.3#deps/event-loop", "zig:ring-buffer@1.2.0#deps/ring-buffer"
    )
    loop = by_table_name(table)["deps/event-loop"]
    assert loop.dependencies == (("ring_buffer", "zig:ring-buffer@1.2.0#deps/ring-buffer"),)
    assert loop.folder == demo / "deps" / "event-loop"
    assert loop.package.source == "path:deps/event-loop"
    assert loop.package.is_path
    assert [package.package.direct for package in table.packages] == [False, True, True, True, False]
    assert loop.package.digest == package_digest(demo / "deps" / "event-loop")
    assert table.packages[0].package.digest is None  # the project itself needs no decision
    assert table.packages[0].package.pin == "."


def test_it_is_the_same_from_every_checkout(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [(package.package.id, package.package.digest, package.table_name) for package in find(demo).packages]
    (tmp_path / "other").mkdir()
    moved = demo.rename(tmp_path / "other" / "name")
    (moved / "zig-out").mkdir()
    (moved / "zig-out" / "app").touch()
    (tmp_path / "link").symlink_to(moved)
    monkeypatch.chdir(moved)
    for place in (moved, tmp_path / "link", Path()):
        assert [
            (package.package.id, package.package.digest, package.table_name) for package in find(place).packages
        ] == before


def test_the_names_are_those_of_zigs_own_table(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the session's zig cache, where its build runner has been compiled before
    deep = "/".join(["a" * 40, "b" * 40, "c" * 40])
    write(
        root,
        "app",
        path("sibling", "../sibling") + path("b", "./sub//b") + path("naked", "naked") + path("deep", deep) + path("none", "none")
        + fetched("alpha", ALPHA) + fetched("bare", NAMELESS) + fetched("later", BETA, lazy=True),
    )  # fmt: skip
    (root / "build.zig").write_text("not zig: the table is written before this is compiled")
    write(tmp_path / "sibling", "sibling", path("inner", "inner") + path("c", "../app/sub/c"))
    write(tmp_path / "sibling" / "inner", "inner")
    write(root / "sub" / "b", "b", path("d", "../d"))
    write(root / "sub" / "c", "c")
    write(root / "sub" / "d", "d")
    write(root / deep, "deep")
    (root / "naked").mkdir()
    write(root / "zig-pkg" / ALPHA, "alpha", path("inside", "inside"))
    write(root / "zig-pkg" / ALPHA / "inside", "inside", path("more", "../more"))
    write(root / "zig-pkg" / ALPHA / "more", "more")
    (root / "zig-pkg" / NAMELESS).mkdir()
    table = find(root)
    subprocess.run([ZIG, "build", "--cache-dir", tmp_path / "local"], cwd=root, capture_output=True, check=False)
    (written,) = (tmp_path / "local").glob("o/*/dependencies.zig")
    source = written.read_text()
    packages = re.findall(r"^    pub const (?:@\"(.+)\"|(\w+)) = struct", source, re.MULTILINE)
    assert sorted(quoted or plain for quoted, plain in packages) == sorted(p.table_name for p in table.packages[1:])
    own = {package.package.id: package.table_name for package in table.packages}
    ours = [(name, own[target]) for package in table.packages for name, target in package.dependencies]
    assert sorted(re.findall(r'\.\{ "(.+)", "(.+)" \}', source)) == sorted(ours)
    assert {p.package.pin for p in table.packages[1:] if p.package.is_path} <= set(
        re.findall(r'build_root = "(.+)"', source)
    )
    assert [problem.text for problem in table.problems] == ["package 'none' has no folder none; correct its path"]


def test_fetched_packages_are_found_in_the_project_and_in_the_global_cache(root: Path, tmp_path: Path) -> None:
    write(
        root, "app", fetched("one", ALPHA) + fetched("two", BETA) + fetched("three", NAMELESS) + fetched("four", LEGACY)
    )
    write(root / "zig-pkg" / ALPHA, "impostor", path("sub", "sub"))
    write(root / "zig-pkg" / ALPHA / "sub", "sub")
    write(tmp_path / "cache" / "p" / ALPHA, "not_this_one")
    write(tmp_path / "cache" / "p" / BETA, "beta", path("sub", "sub"))
    write(tmp_path / "cache" / "p" / BETA / "sub", "sub")
    write(tmp_path / "cache" / "p" / NAMELESS, "anything")
    write(tmp_path / "cache" / "p" / LEGACY, "anything")
    table = find(root)
    assert table.problems == ()
    assert [(package.package.id, package.table_name) for package in table.packages[1:]] == [
        (f"zig:alpha@1.0.0-dev.1#{ALPHA}", ALPHA),
        (f"zig:beta@2.0.0#{BETA}", BETA),
        (f"zig:three@#{NAMELESS}", NAMELESS),
        (f"zig:four@#{LEGACY}", LEGACY),
        (f"zig:sub@1.2.3#zig-pkg/{ALPHA}/sub", f"zig-pkg/{ALPHA}/sub"),
        (f"zig:sub@1.2.3#/p/{BETA}/sub", f"/p/{BETA}/sub"),
    ]
    alpha = by_table_name(table)[ALPHA]
    assert alpha.folder == root / "zig-pkg" / ALPHA
    assert alpha.package.source == "https://127.0.0.1:1/one"
    assert by_table_name(table)[f"/p/{BETA}/sub"].folder == tmp_path / "cache" / "p" / BETA / "sub"


def test_other_package_folders_can_be_named(root: Path, tmp_path: Path) -> None:
    write(root, "app", fetched("one", ALPHA))
    write(tmp_path / "system" / ALPHA, "alpha")
    table = find_packages(root, Progress(), package_folders=[tmp_path / "system"])
    assert by_table_name(table)[ALPHA].folder == tmp_path / "system" / ALPHA


def test_lazy_packages_that_are_not_here_are_no_problem_and_others_are(root: Path) -> None:
    write(
        root,
        "app",
        fetched("later", ALPHA, lazy=True) + '.none = .{ .path = "none", .lazy = true },\n' + path("b", "b"),
    )
    write(root / "b", "b")
    table = find(root)
    assert table.problems == ()
    later = by_table_name(table)[ALPHA]
    assert (later.package.fetched, later.package.lazy, later.package.digest, later.folder, later.package.root) == (
        False, True, None, None, "",
    )  # fmt: skip
    assert table.edges[0].kind == "lazy"
    write(root / "b", "b", fetched("now", ALPHA))
    table = find(root)
    assert texts(table) == ["b/build.zig.zon:3:1: package 'now' is not fetched; run `reviewer fetch`"]
    assert not by_table_name(table)[ALPHA].package.lazy
    archive = root / "zig-pkg" / f"{ALPHA}.tar.gz"  # zig 0.17 keeps such in the global cache
    archive.parent.mkdir(exist_ok=True)
    archive.touch()
    assert texts(find(root)) == [
        "b/build.zig.zon:3:1: package 'now' is here as an archive only; `reviewer fetch` unpacks it"
    ]


def test_a_lazy_package_that_is_here_is_read(root: Path) -> None:
    write(root, "app", fetched("later", ALPHA, lazy=True))
    write(root / "zig-pkg" / ALPHA, "alpha", path("sub", "sub"))
    write(root / "zig-pkg" / ALPHA / "sub", "sub")
    table = find(root)
    assert [(p.package.fetched, p.package.lazy) for p in table.packages] == [(True, False), (True, True), (True, False)]


def test_missing_folders_and_hashes_are_problems_at_their_line(root: Path) -> None:
    write(
        root,
        "app",
        path("gone", "deps/gone") + '\n.x = .{ .url = "https://127.0.0.1:1" },\n' + path("file", "build.zig"),
    )
    table = find(root)
    assert texts(table) == [
        "build.zig.zon:4:1: package 'x' has no hash, so that nothing says what it is; `reviewer fetch` tells the hash",
        f"build.zig.zon:5:1: package 'file' is not a folder ({root}/build.zig)",
        "build.zig.zon:3:1: package 'gone' has no folder deps/gone; correct its path",
    ]
    assert [package.package.fetched for package in table.packages] == [True, False, False]


def test_a_package_without_build_zig_or_manifest_is_a_package(root: Path) -> None:
    write(root, "app", path("naked", "naked"))
    (root / "naked").mkdir()
    table = find(root)
    assert table.problems == ()
    assert table.packages[1].package.id == "zig:naked@#naked"
    (root / "build.zig.zon").unlink()
    assert [package.package.id for package in find(root).packages] == ["zig:app@#."]


@pytest.mark.parametrize(
    ("first", "second", "chain"),
    [("../b", "../a", "a → b → a"), (".", "", "a → a"), ("../b", "..", "the project → a → b → the project")],
)
def test_cycles_end_and_are_named(root: Path, first: str, second: str, chain: str) -> None:
    write(root, "app", path("a", "a"))
    write(root / "a", "a", path("b", first))
    write(root / "b", "b", path("back", second))
    table = find(root)
    assert next(problem.text for problem in table.problems if "closes a dependency cycle" in problem.text).endswith(
        f"closes a dependency cycle: {chain}; remove one of its dependencies"
    )
    assert len({package.table_name for package in table.packages}) == len(table.packages)


def test_a_diamond_is_no_cycle(root: Path) -> None:
    write(root, "app", path("a", "a") + path("b", "b"))
    write(root / "a", "a", path("c", "../c"))
    write(root / "b", "b", path("c", "../c") + path("also_c", "../c"))
    write(root / "c", "c")
    table = find(root)
    assert table.problems == ()
    assert [package.table_name for package in table.packages] == ["", "a", "b", "c"]
    assert len(table.edges) == 4


def test_one_folder_under_two_names_is_a_problem_as_it_is_for_zig(root: Path) -> None:
    write(root, "app", path("again", "../app"))
    assert texts(find(root))[0] == (
        "build.zig.zon:3:1: package 'again' is a folder that is also reached as the project itself, which zig refuses"
    )


def test_paths_that_climb_without_end_are_cut_off(root: Path) -> None:
    write(root, "app", path("a", "a"))
    write(root / "a", "a", path("again", "../" * 60 + str(root)[1:] + "/a"))
    assert "package 'again' leads above every folder" in texts(find(root))[0]


def test_a_package_may_lie_beside_the_project_but_a_fetched_one_may_not_reach_out(root: Path, tmp_path: Path) -> None:
    write(root, "app", path("beside", "../beside") + fetched("alpha", ALPHA))
    write(tmp_path / "beside", "beside")
    write(root / "zig-pkg" / ALPHA, "alpha", path("out", "../../beside") + "\n" + path("next", f"../{ALPHA}-evil"))
    write(root / "zig-pkg" / f"{ALPHA}-evil", "evil")
    table = find(root)
    assert [package.table_name for package in table.packages] == ["", "../beside", ALPHA]
    assert texts(table) == [
        f"zig-pkg/{ALPHA}/build.zig.zon:3:1: package 'out' leaves its package (to ../../beside)",
        f"zig-pkg/{ALPHA}/build.zig.zon:4:1: package 'next' leaves its package (to ../{ALPHA}-evil)",
    ]


def test_links_are_not_followed_to_packages(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "p", "p")
    write(root, "app", path("link", "../link") + path("through", "../folder/p") + fetched("alpha", ALPHA))
    (tmp_path / "link").symlink_to("elsewhere/p")
    (tmp_path / "folder").symlink_to("elsewhere")
    (tmp_path / "cache" / "p").mkdir(parents=True)
    (tmp_path / "cache" / "p" / ALPHA).symlink_to(tmp_path / "elsewhere" / "p")
    table = find(root)
    assert [re.sub(r" \(.*", "", text) for text in texts(table)] == [
        "build.zig.zon:3:1: package 'link' is reached through a symbolic link",
        "build.zig.zon:3:32: package 'through' is reached through a symbolic link",
        "build.zig.zon:3:70: package 'alpha' is reached through a symbolic link",
    ]
    assert all(package.folder is None for package in table.packages[1:])


def test_a_link_out_of_a_package_leaves_it_without_a_digest(root: Path) -> None:
    write(root, "app", path("a", "a"))
    write(root / "a", "a")
    (root / "a" / "bad").symlink_to("/etc/passwd")
    table = find(root)
    assert table.packages[1].package.digest is None
    assert (
        f"{root}/a/bad: package 'a': symbolic link leaves its package (to /etc/passwd); replace it with what it points to"
        in texts(table)
    )


def test_a_fetched_package_cannot_hide_files_in_a_git_folder(root: Path) -> None:
    write(root, "app", fetched("alpha", ALPHA))
    write(root / "zig-pkg" / ALPHA / ".git", "hidden")
    assert "ships a .git" in texts(find(root))[0]


def test_broken_manifests(root: Path) -> None:
    write(root, "app", path("a", "a"))
    write(root / "a", "a")
    (root / "a" / "build.zig.zon").write_text(".{ .name = .a,\n .version = }")
    assert texts(find(root)) == ["a/build.zig.zon:2:13: manifest of package 'a': expected a value, found '}'"]
    (root / "build.zig.zon").write_text(".{ .name = }")
    with pytest.raises(ReviewerError, match=r"build\.zig\.zon:1:12: expected a value, found '}'"):
        find(root)


def test_what_is_no_project_is_said_so(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="app: not a folder"):
        find(root)
    root.mkdir()
    with pytest.raises(ReviewerError, match=r"app: no build\.zig in it"):
        find(root)


def test_hostile_names_make_no_hostile_ids(root: Path) -> None:
    by_path = '.@"x\\n\\x1b[2J" = .{ .path = "a b@1#.\\xff\\u{202e}" },'
    write(root, "app", by_path + fetched("u", NAMELESS).replace("https://127.0.0.1:1/u", "path:\\x1b"))
    (root / "a b@1#.\udcff\u202e").mkdir()
    table = find(root)
    assert [package.package.id for package in table.packages[1:]] == [
        "zig:a%20b%401%23.%FF%E2%80%AE@#a%20b%401%23.%FF%E2%80%AE",
        f"zig:u@#{NAMELESS}",
    ]
    assert not table.packages[2].package.is_path
    for package in table.packages:
        assert package.package.source.isprintable()
        assert package.package.name.isprintable()
    assert all(problem.where.isprintable() and problem.text.isprintable() for problem in table.problems)
    assert table.packages[1].package.digest is not None


def test_a_path_cannot_take_the_place_of_a_hash(root: Path) -> None:
    write(root, "app", path("mine", ALPHA) + fetched("alpha", ALPHA))
    write(root / ALPHA, "mine")
    write(root / "zig-pkg" / ALPHA, "alpha")
    assert "package 'alpha' has the name of another package in zig's table" in texts(find(root))[0]


def test_two_thousand_packages(root: Path) -> None:
    write(root, "app", "\n".join(path(f"p{number}", f"deps/p{number}") for number in range(1000)))
    for number in range(1000):
        write(root / "deps" / f"p{number}", f"p{number}", path("q", f"../../more/q{number}"))
        write(root / "more" / f"q{number}", f"q{number}")
    seen: list[tuple[str, int, int]] = []
    table = find_packages(root, Progress(lambda *report: seen.append(report)))
    assert len(table.packages) == 2001
    assert table.problems == ()
    assert all(package.package.digest for package in table.packages[1:])
    digested = [report for report in seen if report[0].startswith("digest ")]
    assert ("digest q999" in {report[0] for report in digested}) and digested[-1][1:] == (2000, 2000)


def test_the_number_of_packages_is_bounded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_search, "MAX_PACKAGES", 5)
    write(root, "app", "".join(path(f"p{number}", f"p{number}") for number in range(5)))
    with pytest.raises(ReviewerError, match="more than 5 packages"):
        find(root)


def test_it_can_be_cancelled_at_any_report(demo: Path) -> None:
    reports: list[str] = []
    find_packages(demo, Progress(lambda text, _done, _total: reports.append(text)))
    for stop in range(len(reports) - 1):
        with pytest.raises(CancelledError):
            find_packages(demo, cancelled_after(stop))


def cancelled_after(reports: int) -> Progress:
    seen: list[str] = []

    def listen(text: str, _done: int, _total: int) -> None:
        seen.append(text)
        if len(seen) > reports:
            progress.cancel()

    progress = Progress(listen)
    return progress
