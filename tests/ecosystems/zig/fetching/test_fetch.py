"""What a project lacks comes by zig's own fetching, and on none of its versions is anything executed for it."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.fetching.fetch import fetch_packages
from reviewer.ecosystems.zig.packages.table import find_packages, global_cache
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package
from reviewer.places import cache_dir
from reviewer.progress import CancelledError, Progress
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.fetching.served import Served, project, serving, wrong


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig-cache"))
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as found:
        yield found


def packages(root: Path) -> dict[str, Package]:
    return {package.package.name: package.package for package in find_packages(root, Progress()).packages}


def test_all_that_is_needed_comes_and_no_build_script_is_even_compiled(
    toolchain: Toolchain, served: Served, tmp_path: Path
) -> None:
    deep = served.package("deep")
    optional = served.package("optional")
    near = served.package("near", f".deep = .{{ {deep} }}, .optional = .{{ {optional}, .lazy = true }}")
    root = project(tmp_path / "app", f".near = .{{ {near} }}")
    before = packages(root)
    assert not before["near"].fetched

    fetched = fetch_packages(root, Progress(), zig=toolchain.zig)

    assert fetched.failures == ()
    now = packages(root)
    assert {now[name].pin for name in ("near", "deep")} == set(fetched.pins)
    assert {name: package.fetched for name, package in now.items()} == {
        "app": True,
        "near": True,
        "deep": True,
        "optional": False,
    }
    place = root / "zig-pkg" if toolchain.packages_in_project else global_cache() / "p"
    assert {path.name for path in place.iterdir()} == set(fetched.pins)
    assert sorted(path.name for path in root.iterdir()) == sorted(
        ["build.zig", "build.zig.zon", *(["zig-pkg"] if toolchain.packages_in_project else [])]
    ), "nothing else of the project was touched"

    served.asked.clear()
    with_lazy = fetch_packages(root, Progress(), zig=toolchain.zig, lazy=True)
    assert with_lazy == ((now["optional"].pin,), ())
    assert served.asked == ["/optional.tar.gz"], "what is here is not fetched again"

    served.asked.clear()
    assert fetch_packages(root, Progress(), zig=toolchain.zig, lazy=True) == ((), ())
    assert served.asked == []


def test_what_is_not_as_pinned_stays_out_and_the_rest_comes(
    toolchain: Toolchain, served: Served, tmp_path: Path
) -> None:
    good, other = served.package("good"), served.package("other")
    root = project(tmp_path / "app", f".good = .{{ {good} }}, .other = .{{ {wrong(other)} }}")
    fetched = fetch_packages(root, Progress(), zig=toolchain.zig)
    (failure,) = fetched.failures
    assert failure.mismatch
    assert failure.where.startswith("build.zig.zon:7:")
    assert "it is not what was asked for" in str(failure)
    assert "find out who and why" in str(failure)
    assert {name for name, package in packages(root).items() if package.fetched} == {"app", "good"}


@pytest.mark.parametrize("toolchain", ["0.14", "0.17"], indirect=True)
def test_each_failure_says_where_and_what_to_do(toolchain: Toolchain, served: Served, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    pin = "x-1.0.0-" + "A" * 44
    asked = {
        f"{closed}/x.tar.gz": r"is the network there, and a proxy named in https_proxy",
        f"{served.url}/gone.tar.gz": r"404 Not Found'; the server does not have it",
        "git+ssh://git@example.invalid/x": r"unsupported URL scheme: git\+ssh; zig fetches no package by ssh",
        "file:gone.tar.gz": r"unable to open .*; put the archive there",
    }
    for number, (url, told) in enumerate(asked.items()):
        root = project(tmp_path / str(number), f'\n.x = .{{ .url = "{url}", .hash = "{pin}" }}')
        fetched = fetch_packages(root, Progress(), zig=toolchain.zig)
        assert fetched.pins == ()
        (failure,) = fetched.failures
        assert not failure.mismatch
        with pytest.raises(AssertionError, match=told):
            raise AssertionError(str(failure))
        assert failure.where.startswith("build.zig.zon:8:")


def test_a_dependency_without_a_hash_is_told_its_hash(served: Served, tmp_path: Path) -> None:
    asked = served.package("near")
    url, _, pin = asked.partition(", .hash = ")
    root = project(tmp_path / "app", f".near = .{{ {url} }}")
    fetched = fetch_packages(root, Progress(), zig=toolchain_of("0.15").zig)
    assert fetched.pins == ()
    assert pin.strip('"') in str(fetched.failures[0])
    assert "once you have looked at what it is" in str(fetched.failures[0])


@pytest.mark.parametrize("toolchain", ["0.14", "0.16"], indirect=True)
def test_path_packages_lead_on_and_archives_beside_the_project_are_taken(
    toolchain: Toolchain, served: Served, tmp_path: Path
) -> None:
    deep, archived = served.package("deep"), served.package("archived")
    home = tmp_path / "home"
    home.mkdir()
    shutil.move(served.folder / "archived.tar.gz", home / "archived.tar.gz")
    pin = archived.partition(", .hash = ")[2]
    root = project(home / "app", '.inside = .{ .path = "parts/inside" }, .beside = .{ .path = "../beside" }')
    (root / "parts").mkdir()
    project(root / "parts/inside", f".deep = .{{ {deep} }}")
    project(home / "beside", f'.archived = .{{ .url = "file:../archived.tar.gz", .hash = {pin} }}')
    fetched = fetch_packages(root, Progress(), zig=toolchain.zig)
    assert fetched.failures == ()
    assert {name for name, package in packages(root).items() if package.fetched} >= {"deep", "archived", "inside"}


def test_a_fetched_package_gets_at_no_file_of_the_user(served: Served, tmp_path: Path) -> None:
    loot = served.package("loot")
    shutil.move(served.folder / "loot.tar.gz", tmp_path / "loot.tar.gz")
    stolen = f'.url = "file://{tmp_path}/loot.tar.gz", {loot.partition(", ")[2]}'
    near = served.package("near", f".stolen = .{{ {stolen} }}")
    root = project(tmp_path / "app", f".near = .{{ {near} }}")
    fetched = fetch_packages(root, Progress(), zig=toolchain_of("0.15").zig)
    assert "unable to open" in str(fetched.failures[0])


def test_zig_sees_manifests_and_nothing_else_of_the_project(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}")
    (root / "secret.txt").write_text("secret")
    spy = tmp_path / "zig" / "zig"
    spy.parent.mkdir()
    shutil.copytree(toolchain_of("0.15").lib / "std", spy.parent / "lib" / "std")
    spy.write_text(
        "#!/bin/sh\n"
        '[ "$1" = version ] && { echo 0.15.2; exit; }\n'
        f'{{ cat build.zig; ls -A; ls -A "$HOME"; ls {Path.home()} {tmp_path}; echo x >build.zig; }} >"$ZIG_GLOBAL_CACHE_DIR/p/told" 2>&1\n'
        'echo "error: $(cat "$ZIG_GLOBAL_CACHE_DIR/p/told" | tr "\\n" " ")" >&2; exit 1\n'
    )
    spy.chmod(0o755)
    (failure,) = fetch_packages(root, Progress(), zig=spy).failures
    assert "secret.txt" not in failure.text
    assert failure.text.startswith("build.zig build.zig.zon ls: cannot access"), (
        "its build.zig is empty, and there is no home"
    )
    assert "Read-only file system" in failure.text
    assert sorted(path.name for path in root.iterdir()) == ["build.zig", "build.zig.zon", "secret.txt"]


def test_stopping_leaves_nothing(served: Served, tmp_path: Path) -> None:
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}")

    def stop(text: str, _done: int, _total: int) -> None:
        if text.startswith("Fetching"):
            progress.cancel()

    progress = Progress(stop)
    with pytest.raises(CancelledError):
        fetch_packages(root, progress, zig=toolchain_of("0.14").zig)
    assert not packages(root)["near"].fetched
    assert not list(cache_dir().rglob("fetch/*"))


def test_two_do_not_fetch_for_one_project_at_once(served: Served, tmp_path: Path) -> None:
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}")
    told: list[str] = []

    def second(text: str, _done: int, _total: int) -> None:
        if text.startswith("Fetching") and not told:
            with pytest.raises(ReviewerError, match="another Reviewer is fetching its packages") as refused:
                fetch_packages(root, Progress(), zig=toolchain_of("0.14").zig)
            told.append(str(refused.value))

    assert len(fetch_packages(root, Progress(second), zig=toolchain_of("0.14").zig).pins) == 1
    assert told


def test_a_linked_package_folder_leads_nowhere(served: Served, tmp_path: Path) -> None:
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}")
    (tmp_path / "elsewhere").mkdir()
    (root / "zig-pkg").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReviewerError, match="is a symbolic link; replace it by a folder"):
        fetch_packages(root, Progress(), zig=toolchain_of("0.16").zig)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_with_system_there_is_nothing_to_fetch(tmp_path: Path) -> None:
    root = project(tmp_path / "app", "")
    with pytest.raises(ReviewerError, match="with --system zig fetches nothing"):
        fetch_packages(root, Progress(), options=("--system", str(tmp_path)))
