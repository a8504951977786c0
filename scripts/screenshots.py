"""Draw screenshots/ again: the real program on a virtual display, driven by keys, with nothing remembered from whoever runs this."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from PIL import Image

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests.desktop.desk import Desk, Window, wait_for  # noqa: E402
from tests.ui.big import big_project  # noqa: E402
from tests.ui.hostile import hostile_project  # noqa: E402

PICTURES = CHECKOUT / "screenshots"
STORY = PICTURES / "story"
REVIEWER = Path(sys.executable).with_name("reviewer")

FRAME_WIDTH = 960
COLOURS = 256


def main() -> None:
    """Write every picture of README, and the story of one review as a series and as a moving picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state"}
        os.environ |= {"GIT_CONFIG_GLOBAL": f"{folder}/gitconfig"}
        (folder / "gitconfig").write_text("[user]\n  name = Ada Reviewer\n  email = ada@example.org\n")
        for theme in ("dark", "light"):
            argv = (REVIEWER, "demo", "--screenshot", PICTURES / f"main-{theme}.png")
            subprocess.run(argv, env=os.environ | {"REVIEWER_THEME": theme}, cwd=folder, check=True)
        whole = Image.open(PICTURES / "main-dark.png")
        whole.crop((330, 44, 1110, 346)).save(PICTURES / "why-path.png")
        first = {"REVIEWER_STATE_DIR": f"{folder}/nothing-yet"}
        picture(folder, "first-start", None, remembered=first)
        picture(folder, "hostile-text", hostile_project(folder / "hostile" / "innocent"))
        picture(folder, "big-map", big_project(folder / "big" / "engine", packages=400), "2", "5", "f")
        upgraded = upgraded_project(folder / "upgraded" / "terminal-app")
        picture(folder, "upgrades", upgraded, "q")
        picture(folder, "upgrade", upgraded, "q", "Return")
        story(folder)


def upgraded_project(project: Path) -> Path:
    """The demo, trusted, after upgrades: one that alters what a run step executes and is given, and two that follow from nothing."""
    shutil.copytree(CHECKOUT / "resources" / "demo", project)
    names = ("super", "unicode-tables", "event-loop", "ring-buffer")
    trust = (REVIEWER, "trust", *names, "--project", project, "--evidence", "read", "--note", "read whole", "--yes")
    subprocess.run(trust, stdout=subprocess.DEVNULL, check=True)
    for file, old, new in (
        ("unicode-tables/tools/generate.zig", ".limited(1 << 20)", ".limited(4 << 20)"),
        (
            "unicode-tables/tools/generate.zig",
            "if (line[0] == '#') continue;",
            "if (line[0] == '#' or line[0] == '@') continue;",
        ),
        ("unicode-tables/data/wide.txt", "\n", "\n1AFF0..1AFFE\n"),
        ("unicode-tables/build.zig.zon", '"16.0.2"', '"17.0.0"'),
        (
            "event-loop/src/event_loop.zig",
            "    pub fn next(",
            "    /// The oldest, which is then gone.\n    pub fn next(",
        ),
        ("ring-buffer/build.zig.zon", '"1.2.0"', '"1.2.1"'),
    ):
        path = project / "deps" / file
        path.write_text(path.read_text().replace(old, new, 1))
    return project


def picture(
    folder: Path, name: str, project: Path | None, *keys: str, remembered: Mapping[str, str] = MappingProxyType({})
) -> None:
    """One picture of a project after some keys."""
    with Desk(made(folder / f"desk-{name}"), remembered) as desk:
        window = opened(desk, project)
        desk.xdotool("mousemove", "1439", "899")
        time.sleep(1)
        window.press(*keys)
        time.sleep(2)
        desk.picture().save(str(PICTURES / f"{name}.png"))


def story(folder: Path) -> None:
    """The demo, reviewed by keys alone: a picture after each."""
    STORY.mkdir(exist_ok=True)
    for old in STORY.glob("*.png"):
        old.unlink()
    with Desk(made(folder / "desk-story")) as desk:
        window = desk.reviewer("demo")
        wait_for("the demo", lambda: "terminal-app" in window.title)
        desk.xdotool("mousemove", "1439", "899")
        time.sleep(1.5)
        frames: list[tuple[Path, int]] = []

        def frame(what: str, milliseconds: int, *keys: str, typed: str = "") -> None:
            window.press(*keys)
            if typed:
                desk.xdotool("type", "--delay", "20", typed)
            time.sleep(1.0)
            path = STORY / f"{len(frames) + 1:02d}-{what}.png"
            desk.picture().save(str(path))
            frames.append((path, milliseconds))

        frame("the-hidden-run-step", 3000)
        frame("its-program", 2000, "bracketright", "bracketright")
        frame("palette", 1800, "ctrl+k", typed="evil")
        frame("back", 800, "Escape")
        frame("note", 2000, "e", typed="A helper that nobody asked for: why does it run?")
        frame("rejected", 2000, "ctrl+Return", "r")
        for number, what in enumerate(("unicode-tables", "event-loop", "ring-buffer")):
            frame(f"{what}-trusted", 1400 if number < 2 else 2200, "t")
        frame("undone", 1800, "u")
        frame("done-again", 1500, "ctrl+shift+z")
        frame("every-key", 2500, "question")
        PICTURES.joinpath("palette.png").write_bytes(frames[2][0].read_bytes())
        animate(frames, PICTURES / "review.gif")


def animate(frames: list[tuple[Path, int]], target: Path) -> None:
    """The frames as one moving picture."""
    images = []
    for path, _ in frames:
        image = Image.open(path).convert("RGB")
        height = round(image.height * FRAME_WIDTH / image.width)
        images.append(image.resize((FRAME_WIDTH, height), Image.Resampling.LANCZOS))
    all_frames = Image.new("RGB", (FRAME_WIDTH, sum(image.height for image in images)))
    for number, image in enumerate(images):
        all_frames.paste(image, (0, number * image.height))
    # Few pixels have the colours that matter, so colours are chosen for their spread, not for their number.
    palette = all_frames.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=4)
    drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    times = [milliseconds for _, milliseconds in frames]
    drawn[0].save(target, save_all=True, append_images=drawn[1:], duration=times, loop=0, optimize=True)
    print(f"{target.name}: {target.stat().st_size:,} bytes")


def made(folder: Path) -> Path:
    """A folder that is there."""
    folder.mkdir(parents=True)
    return folder


def opened(desk: Desk, project: Path | None) -> Window:
    """The window on a project once it is loaded, or on nothing."""
    if project is None:
        return desk.reviewer()
    window = desk.reviewer("open", project, "--evidence", "read")
    wait_for("the project", _titled(window, project.name))
    return window


def _titled(window: Window, name: str) -> Callable[[], bool]:
    return lambda: name in window.title


if __name__ == "__main__":
    main()
