"""Every act of the window in one table: menus, keys, the go-to palette and the help page are all made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Act:
    """An act: its id, what menus call it, its keys (the first is shown), its menu, and whether it needs an open review."""

    id: str
    text: str
    keys: tuple[str, ...]
    menu: str
    needs_review: bool = True


ACTS: tuple[Act, ...] = (
    Act("trust", "Trust", ("T",), "Decide"),
    Act("reject", "Reject", ("R",), "Decide"),
    Act("later", "Decide later", ("L",), "Decide"),
    Act("note", "Write a note", ("E",), "Decide"),
    Act("undo", "Undo", ("Ctrl+Z", "U"), "Decide"),
    Act("redo", "Redo", ("Ctrl+Shift+Z",), "Decide"),
    Act("next", "Next without deciding", ("N",), "Go"),
    Act("previous", "Previous", ("P",), "Go"),
    Act("goto", "Go to package, step, file or action", ("Ctrl+K",), "Go"),
    Act("back", "Back", ("Alt+Left",), "Go"),
    Act("forward", "Forward", ("Alt+Right",), "Go"),
    Act("search", "Search the dependencies", ("/",), "Go"),
    Act("viewed", "Mark file viewed", ("V",), "Read"),
    Act("next_file", "Next file", ("Ctrl+PgDown", "]"), "Read"),
    Act("previous_file", "Previous file", ("Ctrl+PgUp", "["), "Read"),
    Act("fit", "Fit the map", ("F",), "Map"),
    Act("why", "Why path", ("1",), "Map"),
    Act("packages", "Packages", ("2",), "Map"),
    Act("modules", "Modules", ("3",), "Map"),
    Act("steps", "Steps", ("4",), "Map"),
    Act("open", "Open a folder\u2026", ("Ctrl+O",), "Project", needs_review=False),
    Act("demo", "Open the demo", (), "Project", needs_review=False),
    Act("reload", "Reload", ("F5",), "Project"),
    Act("configure", "Configure in sandbox\u2026", (), "Project"),
    Act("help", "Keys", ("?",), "Help", needs_review=False),
    Act("quit", "Quit", ("Ctrl+Q",), "Project", needs_review=False),
)


class Actions:
    """The table brought to life for one window."""

    def __init__(self, window: QWidget, slots: Mapping[str, Callable[[], None]]) -> None:
        self._actions: dict[str, QAction] = {}
        for act in ACTS:
            action = QAction(act.text, window)
            action.setShortcuts([QKeySequence(key) for key in act.keys])
            slot = slots[act.id]
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            window.addAction(action)
            self._actions[act.id] = action
        self.review_is_open(open_=False)

    def __getitem__(self, act: str) -> QAction:
        """The action with this id."""
        return self._actions[act]

    def review_is_open(self, *, open_: bool) -> None:
        """Enable what needs an open review, or disable it."""
        for act in ACTS:
            self._actions[act.id].setEnabled(open_ or not act.needs_review)

    def menu(self, parent: QWidget) -> QMenu:
        """All acts, grouped."""
        whole = QMenu(parent)
        groups: dict[str, QMenu] = {}
        for act in ACTS:
            if act.menu not in groups:
                groups[act.menu] = whole.addMenu(act.menu)
            groups[act.menu].addAction(self._actions[act.id])
        return whole


def key_text(act: Act) -> str:
    """The keys of an act as the help page shows them: `Ctrl+Z, U`."""
    return ", ".join(act.keys)


def first_key(act_id: str) -> str:
    """The first key of an act as buttons show it: `Ctrl Z`."""
    return next(act.keys[0] for act in ACTS if act.id == act_id).replace("+", " ")
