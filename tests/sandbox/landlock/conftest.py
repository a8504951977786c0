"""What only the kind without namespaces does."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.sandbox.kinds import LandlockSandbox, Sandbox
from tests.sandbox.conftest import WHO, Caller, caller_of, sandbox_of


@pytest.fixture(params=WHO)
def caller(request: pytest.FixtureRequest, room: Path) -> Caller:
    return caller_of(LandlockSandbox.kind, request.param, room)


@pytest.fixture(params=WHO)
def old_caller(request: pytest.FixtureRequest, room: Path) -> Caller:
    """On a kernel whose Landlock knows files and no more: Linux 6.2 to 6.6. Until 6.11 the same holds for signals."""
    found = caller_of(LandlockSandbox.kind, request.param, room)
    assert isinstance(found.sandbox, LandlockSandbox)
    return replace(found, sandbox=replace(found.sandbox, landlock=replace(found.sandbox.landlock, version=3)))


@pytest.fixture
def sandbox() -> Sandbox:
    return sandbox_of(LandlockSandbox.kind)
