"""The one undo of a window: the changes of this review, in the order in which they were made."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from reviewer.review.review import Change, Review


class _Made(QUndoCommand):
    """A change in its place on the stack."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.text)
        self.change = change


class History(QObject):
    """Changes of a review that can be taken back. What goes to disk may fail, and a QUndoStack cannot refuse: so the review acts first,
    and the stack moves only when that went well."""

    moved = Signal()

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review
        self._stack = QUndoStack(self)
        self._stack.indexChanged.connect(self.moved)

    def add(self, change: Change) -> None:
        """A change was made; what was undone before can no longer be redone."""
        self._stack.push(_Made(change))

    def changes(self) -> tuple[Change, ...]:
        """Every change that is in force, oldest first."""
        return tuple(self._at(number) for number in range(self._stack.index()))

    @property
    def undo_text(self) -> str | None:
        """What undo would take back, for example `Trust toml-parser`; None if there is nothing."""
        return self._stack.undoText() if self._stack.canUndo() else None

    @property
    def redo_text(self) -> str | None:
        """What redo would do again; None if there is nothing."""
        return self._stack.redoText() if self._stack.canRedo() else None

    def undo(self) -> Change | None:
        """Take back the newest change, and tell it. Raises ReviewerError, then nothing changed."""
        if not self._stack.canUndo():
            return None
        change = self._at(self._stack.index() - 1)
        self._review.undo(change)
        self._stack.undo()
        return change

    def redo(self) -> Change | None:
        """Do again what was undone last, and tell it. Raises ReviewerError, then nothing changed."""
        if not self._stack.canRedo():
            return None
        change = self._at(self._stack.index())
        self._review.redo(change)
        self._stack.redo()
        return change

    def carry_on(self, earlier: "History") -> None:
        """Take over what was done in an earlier review of the same project, before it was loaded again."""
        for change in earlier.changes():
            self._stack.push(_Made(change))

    def _at(self, number: int) -> Change:
        command = self._stack.command(number)
        assert isinstance(command, _Made)
        return command.change
