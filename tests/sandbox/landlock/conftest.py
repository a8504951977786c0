"""What only the kind without namespaces does."""

from pathlib import Path

import pytest

from reviewer.sandbox.kinds import LandlockSandbox, Sandbox
from tests.sandbox.conftest import WHO, Caller, caller_of, sandbox_of


@pytest.fixture(params=WHO)
def caller(request: pytest.FixtureRequest, room: Path) -> Caller:
    return caller_of(LandlockSandbox.kind, request.param, room)


@pytest.fixture
def sandbox() -> Sandbox:
    return sandbox_of(LandlockSandbox.kind)
