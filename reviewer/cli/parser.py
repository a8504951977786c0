"""What can be typed. Every command names the function that does it; that function's module is imported only then."""

import argparse
import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from reviewer import __version__

_COMMANDS = (
    "open",
    "demo",
    "graph",
    "why",
    "observe",
    "check",
    "fetch",
    "build",
    "init",
    "diff",
    "trust",
    "reject",
    "defer",
    "forget",
    "lock",
    "log",
    "import",
    "export",
    "gate",
    "toolchain",
    "doctor",
)

_EXIT_CODES = (
    "exit codes of check and gate status: 0 all approved; 1 something needs review; 2 the tool could not do its work, nothing was decided; "
    "3 something is rejected"
)

_BUILD_OPTIONS = "build options of the project go after --, for example `-- -Doptimize=ReleaseFast -Dname=value`"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of one command. `reviewer`, `reviewer FOLDER` mean `reviewer open`.

    What follows the first `--` is for the build system: `options`, for commands that load a project.
    """
    separator = argv.index("--") if "--" in argv else len(argv)
    words, options = list(argv[:separator]), tuple(argv[separator + 1 :])
    if not words or (words[0] not in _COMMANDS and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "open")
    parser = _parser()
    arguments = parser.parse_args(words)
    if options and not hasattr(arguments, "options"):
        parser.error(f"{words[0]} takes no build options, so nothing can follow `--`")
    if options:
        arguments.options = options
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reviewer",
        description="Review what a project's dependencies may do to the people who build it.",
        epilog=_EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"reviewer {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("open", help="the window (also: reviewer [PROJECT]); opens a saved graph file too")
    command.add_argument("project", metavar="PROJECT", nargs="?", type=Path)
    _evidence(command)
    _screenshot(command)
    command.set_defaults(command=_later("window", "open_project"))

    command = commands.add_parser("demo", help="the window on the bundled sample with a hidden run step")
    _screenshot(command)
    command.set_defaults(command=_later("window", "demo"))

    command = commands.add_parser("graph", help="everything that is known")
    _project(command)
    _evidence(command)
    command.add_argument("--format", choices=("text", "json", "dot"), default="text")
    command.set_defaults(command=_later("look", "graph"))

    command = commands.add_parser("why", help="the chains that make a step run")
    command.add_argument("step", metavar="STEP")
    _project(command)
    _evidence(command)
    command.set_defaults(command=_later("look", "why"))

    command = commands.add_parser("observe", help="run a step in the sandbox, and tell what it does")
    command.add_argument("step", metavar="STEP")
    command.add_argument("--project", metavar="PROJECT", type=Path, default=Path())
    _evidence(command, choose=False)
    command.add_argument("--format", choices=("text", "json"), default="text")
    text = "save what was seen in the project's review.observations, to be committed for all who review it"
    command.add_argument("--save", action="store_true", help=text)
    _yes(command)
    command.set_defaults(command=_later("observe", "observe"))

    command = commands.add_parser("check", help="compare with review.lock", epilog=_EXIT_CODES)
    _project(command)
    _evidence(command)
    command.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    text = "hash every file again, also where nothing was touched since the last time (default where CI is set)"
    command.add_argument("--full", action="store_true", default=bool(os.environ.get("CI")), help=text)
    text = "fail only on what is new or changed; deferred packages are listed as a backlog"
    command.add_argument("--only-new", action="store_true", help=text)
    command.set_defaults(command=_later("look", "check"))

    text = "get the packages that the project lacks, with the network on; nothing of them or of the project is executed"
    command = commands.add_parser("fetch", help=text)
    _project(command)
    command.add_argument("--all", action="store_true", help="lazy packages too, which a build only may ask for")
    _evidence(command, choose=False)
    command.set_defaults(command=_later("fetch", "fetch"))

    text = "the enforced build: nothing is executed but what is approved, each run step with what it declares and was granted"
    command = commands.add_parser("build", help=text)
    _project(command)
    _evidence(command, choose=False)
    command.epilog = (
        "what follows -- is for `zig build`: steps, options, -j, --prefix …; exit code: that of check, else zig's own"
    )
    command.set_defaults(command=_later("build", "build"))

    command = commands.add_parser("init", help="begin with a project that is older than its review")
    _project(command)
    text = "defer every package that nobody decided about: `check --only-new` then fails only on what comes later"
    command.add_argument("--accept-present", action="store_true", required=True, help=text)
    _evidence(command)
    _yes(command)
    command.set_defaults(command=_later("decide", "init"))

    text = (
        "what changed since the last decision, or between any two contents; without PACKAGE in short, of all upgrades"
    )
    command = commands.add_parser("diff", help=text)
    command.add_argument("package", metavar="PACKAGE", nargs="?")
    command.add_argument("--project", metavar="PROJECT", type=Path, default=Path())
    text = "the old content: a version of PACKAGE that is here, a folder, an archive (.tar.gz, .tar.xz, .tar.zst, .zip), or a digest"
    command.add_argument("--from", dest="old", metavar="OLD", help=text)
    text = "the new content, likewise; default: what the project has. An archive tells what a bump would bring before it is made"
    command.add_argument("--to", dest="new", metavar="NEW", help=text)
    text = "leave out what differs in white space only"
    command.add_argument("--ignore-blanks", action="store_true", help=text)
    text = "where what was decided about is not here any more, fetch it by its pin (in a sandbox, executing nothing)"
    command.add_argument("--fetch", action="store_true", help=text)
    text = "what is printed of PACKAGE counts as viewed from now on, as if marked in the window"
    command.add_argument("--mark-viewed", action="store_true", help=text)
    _evidence(command)
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(command=_later("diff", "diff"))

    for verb, text in {
        "trust": "say that packages may run",
        "reject": "say that packages must not run",
        "defer": "leave packages for later",
        "forget": "remove what was decided",
    }.items():
        command = commands.add_parser(verb, help=text)
        command.add_argument("packages", metavar="PACKAGE", nargs="*" if verb == "trust" else "+")
        command.add_argument("--project", metavar="PROJECT", type=Path, default=Path())
        _evidence(command)
        _yes(command)
        if verb != "forget":
            command.add_argument("--note", default="", help="why, for the record")
        if verb == "trust":
            text = "every upgrade of which all changes were viewed and nothing follows (`reviewer diff` lists them)"
            command.add_argument("--upgrades", action="store_true", help=text)
            text = "run: at build time (default); ship: also in the product"
            command.add_argument("--criteria", choices=("run", "ship"), default="run", help=text)
            text = "allow its run steps a capability, for example net.out=example.org:443 (may be repeated)"
            command.add_argument("--grant", metavar="CAPABILITY[=WHAT]", action="append", default=[], help=text)
            text = (
                "grant to this run step alone, the others keep theirs; without --grant it takes back (may be repeated)"
            )
            command.add_argument("--step", metavar="STEP", action="append", default=[], help=text)
        command.set_defaults(command=_later("decide", verb))

    lock = commands.add_parser("lock", help="the life of review.lock in a team")
    actions = lock.add_subparsers(required=True, metavar="ACTION")
    text = "git's merge driver for review.lock: merges by package, and never turns a reject into a trust"
    command = actions.add_parser("merge", help=text)
    text = "the common ancestor, ours (the merge is written to it), and theirs: git's %%O %%A %%B"
    command.add_argument("files", metavar="FILE", nargs="*", type=Path, help=text)
    text = "have git use it in the repository of this folder: adds to .gitattributes, and to this clone's configuration"
    command.add_argument("--install", action="store_true", help=text)
    _yes(command)
    command.set_defaults(command=_later("lock", "merge"))
    command = actions.add_parser("prune", help="drop what was decided about packages that the project no longer has")
    _project(command)
    _evidence(command)
    _yes(command)
    command.set_defaults(command=_later("lock", "prune"))

    text = "sign your own decisions with your SSH key (git config user.signingkey)"
    command = actions.add_parser("sign", help=text)
    _project(command)
    _yes(command)
    command.set_defaults(command=_later("sign", "sign"))

    command = commands.add_parser("log", help="who decided what about a package, and when, from git's history")
    command.add_argument("package", metavar="PACKAGE")
    command.add_argument("--project", metavar="PROJECT", type=Path, default=Path())
    command.set_defaults(command=_later("lock", "log"))

    command = commands.add_parser("import", help="bring the decisions of the projects that review.toml names")
    _project(command)
    _yes(command)
    command.set_defaults(command=_later("imports", "bring"))

    command = commands.add_parser("export", help="a report to hand over, on stdout")
    _project(command)
    _evidence(command)
    command.add_argument("--format", choices=("html", "markdown", "cyclonedx"), required=True)
    command.set_defaults(command=_later("export", "export"))

    gate = commands.add_parser(
        "gate", help="the build's own check, which needs no Reviewer at build time", epilog=_EXIT_CODES
    )
    actions = gate.add_subparsers(required=True, metavar="ACTION")
    for action, text in {
        "install": "add the check to the project's build",
        "remove": "take it out again, exactly",
        "status": "whether it is there, and whether the build would pass",
    }.items():
        command = actions.add_parser(action, help=text)
        _project(command)
        if action == "status":
            _evidence(command)
        else:
            _yes(command)
        command.set_defaults(command=_later("gate", action))

    toolchain = commands.add_parser("toolchain", help="compilers of Reviewer's own, for projects that need another")
    actions = toolchain.add_subparsers(required=True, metavar="ACTION")
    command = actions.add_parser("install", help="download a zig release from PyPI (100 MB)")
    command.add_argument("version", metavar="VERSION", help="for example 0.15.2, or 0.15 for its newest release")
    command.set_defaults(command=_later("toolchain", "install"))

    command = commands.add_parser(
        "doctor", help="what works on this machine: sandbox and its holes, toolchains, window"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(command=_later("doctor", "doctor"))
    return parser


def _project(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "project", metavar="PROJECT", nargs="?", type=Path, default=Path(), help="default: the current folder"
    )


def _evidence(command: argparse.ArgumentParser, *, choose: bool = True) -> None:
    if choose:
        text = "read: nothing is executed; configured: build scripts run in a sandbox, for the exact graph (remembered)"
        command.add_argument("--evidence", choices=("read", "configured"), help=text)
    text = "the zig that builds the project; default: one that fits its minimum_zig_version"
    command.add_argument("--zig", dest="toolchain", metavar="PATH", type=Path, help=text)
    command.set_defaults(options=())
    command.epilog = "; ".join(filter(None, (command.epilog, _BUILD_OPTIONS)))


def _screenshot(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--screenshot", metavar="FILE", type=Path, help="draw the window offscreen into a PNG and exit"
    )


def _yes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask")


def _later(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"reviewer.cli.{module}"), function)(arguments))

    return run
