"""When Python's cycle collector may work, which is only where it harms nobody.

It runs in whichever thread allocates, and would destroy forgotten widgets there; Qt allows that in the window's thread only and crashes.
So it rests while a worker runs. And a full pass over a large project's graph takes longer than a window may stand still, so that waits
until the user looks at another program.
"""

import gc

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

_NEVER = 1_000_000
"""Passes over young objects before a full one happens by itself."""


def rest() -> None:
    """A worker starts: collect nothing."""
    gc.disable()


def resume() -> None:
    """No worker runs any more: what they made counts as old, so that the next small pass does not walk through all of it."""
    gc.freeze()
    gc.unfreeze()
    gc.enable()


def tidy_when_nobody_looks(application: QGuiApplication) -> None:
    """Make full passes only while another program has the keyboard."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
    application.applicationStateChanged.connect(_tidy)


def _tidy(state: Qt.ApplicationState) -> None:
    if state != Qt.ApplicationState.ApplicationActive and gc.isenabled():
        gc.collect()
