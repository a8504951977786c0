"""The go-to palette of a window: what it offers, and going there."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from reviewer.ui.look.theme import Look
from reviewer.ui.state.actions import Actions

# It is made when it is first asked for.
if TYPE_CHECKING:
    from reviewer.ui.palette.box import Palette
    from reviewer.ui.palette.targets import Target
    from reviewer.ui.state.session import Session


class GoTo:
    """Above `center`; `session` tells which review is open, None for none."""

    def __init__(self, center: QWidget, look: Look, actions: Actions, session: "Callable[[], Session | None]") -> None:
        self._center = center
        self._look = look
        self._actions = actions
        self._session = session

    @cached_property
    def palette(self) -> "Palette":
        """The widget."""
        from reviewer.ui.palette.box import Palette

        made = Palette(self._center, self._look)
        made.chosen.connect(self._go_to)
        return made

    def open(self) -> None:
        """Offer everything that can be gone to or done."""
        from reviewer.ui.palette.box import act_targets
        from reviewer.ui.palette.targets import places

        session = self._session()
        self.palette.open_with([*(places(session) if session is not None else ()), *act_targets(self._actions)])

    def _go_to(self, target: "Target") -> None:
        session = self._session()
        if target.act is not None:
            self._actions[target.act].trigger()
        elif target.place is not None and session is not None:
            place, selection = target.place, session.selection
            if place.step is not None:
                selection.select_step(place.step)
            elif place.package is not None and place.file is not None:
                selection.select_place(place.package, place.file, place.line)
            else:
                selection.select_package(place.package)
