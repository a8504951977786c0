"""Text of a project steers nothing: not the terminal, and not the service that runs the check."""

import pytest

from reviewer.cli.terminal import say, say_command


@pytest.mark.parametrize(
    "text",
    [
        "::stop-commands::x",
        "  ::add-mask::evil",
        "name ##[add-matcher]x",
        "a ##vso[task.setvariable]b",
        "##TeamCity[x]",
    ],
)
def test_a_build_service_finds_no_command_in_what_is_told(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    say(text)
    line = capsys.readouterr().out.lower()
    assert not line.lstrip().startswith("::")
    assert not any(begin in line for begin in ("##[", "##vso[", "##teamcity["))
    assert line.replace("\\", "") == text.lower() + "\n"


def test_elsewhere_text_stays_as_it_is_and_commands_of_our_own_stay_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    say("::a ##[b]")
    monkeypatch.setenv("CI", "true")
    say_command("::error::a\x1b")
    assert capsys.readouterr().out == "::a ##[b]\n::error::a<U+001B>\n"
