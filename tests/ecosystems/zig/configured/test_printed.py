"""What zig lists of its steps, against what the hook says that it should."""

import pytest

from reviewer.ecosystems.zig.configured.printed import is_listed

LISTED = ["install", " (default)", "Copy build artifacts", "uninstall", "", "Remove", "run", "", ""]
PRINTED = b"""  install (default)            Copy build artifacts
  uninstall                    Remove
  run                          \n"""


def test_the_steps_that_zig_lists_are_told_however_they_are_padded() -> None:
    assert is_listed(LISTED, PRINTED)
    assert is_listed(LISTED, PRINTED.replace(b"   ", b" "))


def test_a_build_file_may_have_printed_before() -> None:
    assert is_listed(LISTED, b"configuring...\n" + PRINTED)


@pytest.mark.parametrize(
    "printed",
    [
        b"",
        PRINTED + b"  more                         A step that was not reported\n",
        PRINTED.replace(b"uninstall", b"install"),
        PRINTED.replace(b" (default)", b""),
        PRINTED.replace(b"  run  ", b""),
    ],
)
def test_anything_else_is_not_what_was_reported(printed: bytes) -> None:
    assert not is_listed(LISTED, printed)
