"""Build code can write into its project's caches: nothing that one content of a package left there meets the next."""

from pathlib import Path

from reviewer.ecosystems.zig.configured.sandboxed import forget_other_content
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.progress import Progress


def test_caches_last_as_long_as_no_dependency_changes(demo: Path, tmp_path: Path) -> None:
    cache = tmp_path / "local"

    def still_there() -> bool:
        forget_other_content(find_packages(demo, Progress()), tmp_path / "made-of", (cache,), "zig")
        there = (cache / "poisoned").exists()
        cache.mkdir(exist_ok=True)
        (cache / "poisoned").write_text("")
        return there

    cache.mkdir()
    (cache / "poisoned").write_text("")
    assert not still_there()  # nobody knows what made it
    assert still_there()
    with (demo / "build.zig").open("a") as file:
        file.write("// the project's own code\n")
    assert still_there()
    with (demo / "deps" / "super" / "build.zig").open("a") as file:
        file.write("// another version\n")
    assert not still_there()
    assert still_there()
