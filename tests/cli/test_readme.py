"""What the README gives to copy works: its examples for CI parse, and every command in it is one that exists."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewer.cli.parser import parse

README = Path(__file__, "../../../README.md").resolve().read_text("utf-8")
EXAMPLES = {
    text.split(":", 1)[0].removeprefix("# "): yaml.safe_load(text)
    for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
}


def lines(value: Any) -> list[str]:
    """Every text in an example."""
    if isinstance(value, dict):
        return [line for item in value.values() for line in lines(item)]
    if isinstance(value, list):
        return [line for item in value for line in lines(item)]
    return [value] if isinstance(value, str) else []


def test_there_is_one_for_each_place() -> None:
    assert set(EXAMPLES) == {"GitHub", "GitLab", "pre-commit"}


def test_what_github_shows_is_what_check_found_also_when_it_fails() -> None:
    job = EXAMPLES["GitHub"]["jobs"]["review"]
    upload = job["steps"][-1]
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    assert (upload["if"], upload["with"]["sarif_file"]) == ("always()", "review.sarif")
    assert EXAMPLES["GitHub"]["permissions"]["security-events"] == "write"
    assert job["steps"][0]["with"]["fetch-depth"] == EXAMPLES["GitLab"]["review"]["variables"]["GIT_DEPTH"] == 0


def test_a_hook_checks_the_project_and_not_the_files_that_are_named_to_it() -> None:
    (hook,) = EXAMPLES["pre-commit"]["repos"][0]["hooks"]
    assert not hook["pass_filenames"]
    assert hook["language"] == "system"


@pytest.mark.parametrize("place", EXAMPLES)
def test_every_example_checks_with_commands_that_exist(place: str) -> None:
    commands = [line for line in lines(EXAMPLES[place]) if line.startswith("reviewer ") and line != "reviewer check"]
    commands += [line for line in lines(EXAMPLES[place]) if line == "reviewer check"]
    assert any(line.startswith("reviewer check") for line in commands)
    for line in commands:
        parse(shlex.split(line.partition(">")[0])[1:])


WORDS = {"PACKAGE": ["x"], "STEP": ["x"], "…": ["x"], "PATH": ["x"]}


@pytest.mark.parametrize(
    "command",
    sorted(
        {found.strip() for found in re.findall(r"(?:^ {4}|`)(reviewer(?: [^`#\n]*)?)(?=`|#|$)", README, re.MULTILINE)}
    ),
)
def test_every_command_that_the_text_names_exists(command: str) -> None:
    words = [word for typed in shlex.split(command)[1:] for word in WORDS.get(typed, [typed])]
    parse(words)
