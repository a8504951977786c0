"""Makes and lays out pictures of large graphs outside the window's thread, the newest wish only."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from reviewer.lock.status import Status
from reviewer.progress import CancelledError, Progress
from reviewer.ui.map.maker import MapMaker
from reviewer.ui.map.many import HIGH, WIDE, place_many
from reviewer.ui.map.picture import Picture, Scope
from reviewer.ui.map.scene import FEW, Scene
from reviewer.ui.state.worker import Worker


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scope's picture; laid out as a `scene` where it is large, else None: then the view does it, with care."""

    scope: Scope
    picture: Picture
    scene: Scene | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw: a scope, the packages' statuses, what was drawn `last`, to be like it where that was of the same view, and how many
    pixels one of the design is."""

    scope: Scope
    status: Mapping[str, Status]
    last: Drawn | None = None
    unit: float = 1.0


def draw(maker: MapMaker, wish: Wish, progress: Progress) -> Drawn:
    """Make the picture that is wished for. Raises CancelledError."""
    picture = maker.picture(wish.scope, wish.status)
    progress.check()
    if len(picture.boxes) <= FEW:
        return Drawn(wish.scope, picture, None)
    last = wish.last.scene if wish.last is not None and wish.last.scope.view is wish.scope.view else None
    pairs = [(arrow.source, arrow.target) for arrow in picture.arrows]
    names = [box.id for box in picture.boxes]
    placed = place_many(
        names, pairs, before=last.placed if last is not None else None, unit=wish.unit, progress=progress
    )
    return Drawn(
        wish.scope, picture, Scene(picture, placed, dict.fromkeys(names, (WIDE * wish.unit, HIGH * wish.unit)))
    )


class _Work(Worker):
    """One picture."""

    def __init__(self, title: str, maker: MapMaker, wish: Wish) -> None:
        super().__init__(title)
        self._maker = maker
        self._wish = wish
        self.drawn: Drawn | None = None

    def run(self) -> None:
        """Draw, in a thread of its own."""
        try:
            self.drawn = draw(self._maker, self._wish, self.progress)
        except CancelledError:
            self.drawn = None


class Drawer(QObject):
    """Draws one picture after the other: `drawn` with the newest wish's, or `cancelled` where the reviewer stopped it."""

    drawn = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QObject, maker: MapMaker) -> None:
        super().__init__(parent)
        self._maker = maker
        self._work: _Work | None = None
        self._next: Wish | None = None

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._work is not None

    def ask(self, wish: Wish) -> None:
        """Draw this, and nothing that was asked for before."""
        self._next = wish
        if self._work is None:
            self._begin()
        else:
            self._work.cancel()

    def cancel(self) -> None:
        """Stop what is being drawn."""
        self._next = None
        if self._work is not None:
            self._work.cancel()

    def _begin(self) -> None:
        assert self._next is not None
        self._work, self._next = _Work(self.tr("Drawing the map"), self._maker, self._next), None
        self._work.finished.connect(self._done)
        self._work.begin()

    def _done(self) -> None:
        work, self._work = self._work, None
        if self._next is not None:
            self._begin()
        elif work is not None and work.drawn is not None:
            self.drawn.emit(work.drawn)
        else:
            self.cancelled.emit()
