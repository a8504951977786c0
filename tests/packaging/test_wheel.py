"""What `pip install reviewer` gives, away from any checkout: built, installed into a clean environment, and used there."""

import configparser
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtGui import QImage
from uv import find_uv_bin

from reviewer import __version__

CHECKOUT = Path(__file__).resolve().parents[2]


def run(*argv: str | Path, cwd: Path, exit_code: int = 0, env: Mapping[str, str] = MappingProxyType({})) -> str:
    """Standard output of a program that ends with this exit code, started without what this environment adds to Python's path."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=clean | dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == exit_code, f"{argv} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as an index would build it, with the build backend of uv.lock."""
    out = tmp_path_factory.mktemp("dist")
    run(find_uv_bin(), "build", "--no-build-isolation", "--python", sys.executable, "--out-dir", out, cwd=CHECKOUT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment's programs: the wheel and the dependencies that it asks for, nothing of the checkout.

    The dependencies come in the versions of uv.lock, which set-up has left in uv's cache: no network, a second or two.
    """
    venv = tmp_path_factory.mktemp("clean") / "venv"
    uv = find_uv_bin()
    python = venv / "bin/python"
    sync = (uv, "sync", "--frozen", "--no-dev", "--all-extras", "--no-install-project", "--python", sys.executable)
    run(*sync, cwd=CHECKOUT, env={"UV_PROJECT_ENVIRONMENT": str(venv)})
    run(uv, "pip", "install", "--python", python, "--no-deps", "--no-index", wheel, cwd=venv)
    run(uv, "pip", "check", "--python", python, cwd=venv)
    return venv / "bin"


def test_every_resource_and_nothing_else_travels_in_the_wheel(wheel: Path) -> None:
    resources = CHECKOUT / "resources"
    expected = {path.relative_to(resources).as_posix() for path in resources.rglob("*") if path.is_file()}
    prefix = "reviewer/resources/"
    packed = {name.removeprefix(prefix) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(prefix)}
    assert packed == expected
    assert "demo/build.zig" in packed


def test_desktops_find_the_program_and_its_icon(environment: Path) -> None:
    share = environment.parent / "share"
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(share / "applications/reviewer.desktop")
    told = entry["Desktop Entry"]
    assert (environment / told["Exec"].split()[0]).exists()
    assert (share / f"icons/hicolor/scalable/apps/{told['Icon']}.svg").exists()


def test_the_installed_command_tells_its_version(environment: Path, tmp_path: Path) -> None:
    assert __version__ in run(environment / "reviewer", "--version", cwd=tmp_path)


def test_the_installed_package_finds_its_resources_inside_itself(environment: Path, tmp_path: Path) -> None:
    ask = "from reviewer.resources import resource; print(resource('demo/build.zig').resolve(strict=True))"
    found = Path(run(environment / "python", "-c", ask, cwd=tmp_path).strip())
    assert found.is_relative_to(environment.parent.resolve())


def test_the_installed_command_checks_a_project(environment: Path, tmp_path: Path, demo: Path) -> None:
    report = run(environment / "reviewer", "check", "--format", "json", demo, cwd=tmp_path, exit_code=1)
    packages = json.loads(report)["packages"]
    assert any("super" in package["id"] and package["status"] == "unreviewed" for package in packages)


def test_the_installed_command_draws_the_demo_without_a_display(environment: Path, tmp_path: Path) -> None:
    draw = (environment / "reviewer", "demo", "--screenshot", "out.png")
    run(*draw, cwd=tmp_path, env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    picture = QImage(str(tmp_path / "out.png"))
    assert picture.width() >= 800
    assert picture.height() >= 500
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    assert len(colours) > 10, "the picture is blank"
