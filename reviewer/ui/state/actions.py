"""Every act of the window in one table: menus, keys, the go-to palette and the help page are all made from it.

A new act is one line here and one entry in the `bind` of whoever does it.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


class Act(NamedTuple):
    """An act: its id, what menus call it, its keys (the first is shown), its menu, and whether it needs an open review."""

    id: str
    text: str
    keys: tuple[str, ...]
    menu: str
    needs_review: bool = True


ACTS: tuple[Act, ...] = (
    Act("trust", "Trust", ("T",), "Decide"),
    Act("trust_upgrades", "Trust upgrades that are ready", ("Shift+T",), "Decide"),
    Act("reject", "Reject", ("R",), "Decide"),
    Act("later", "Decide later", ("L",), "Decide"),
    Act("allow", "Allow the run step something\u2026", ("A",), "Decide"),
    Act("note", "Write a note", ("E",), "Decide"),
    Act("undo", "Undo", ("Ctrl+Z", "U"), "Decide"),
    Act("redo", "Redo", ("Ctrl+Shift+Z",), "Decide"),
    Act("next", "Next without deciding", ("N",), "Go"),
    Act("previous", "Previous", ("P",), "Go"),
    Act("goto", "Go to package, step, file or action", ("Ctrl+K",), "Go"),
    Act("back", "Back", ("Alt+Left",), "Go"),
    Act("forward", "Forward", ("Alt+Right",), "Go"),
    Act("filter", "Filter the dependencies", ("/",), "Go"),
    Act("map", "Go to the map", ("G",), "Go"),
    Act("changes", "What changed since the last decision", ("D",), "Read"),
    Act("upgrades", "All upgrades", ("Q",), "Read"),
    Act("compare", "Compare versions\u2026", ("C",), "Read"),
    Act("side", "Changes side by side", ("Shift+D",), "Read"),
    Act("viewed", "Mark file viewed", ("V",), "Read"),
    Act("mark_change", "Mark change viewed, and go on", ("M",), "Read"),
    Act("unmark_change", "Change not viewed after all", ("Shift+M",), "Read"),
    Act("next_unviewed", "Next change that was not viewed", ("Shift+J",), "Read"),
    Act("next_file", "Next file", ("Ctrl+PgDown", "]"), "Read"),
    Act("previous_file", "Previous file", ("Ctrl+PgUp", "["), "Read"),
    Act("next_mark", "Next mark or warning", ("J", "F8"), "Read"),
    Act("previous_mark", "Previous mark or warning", ("K", "Shift+F8"), "Read"),
    Act("room", "More room to read, or the map again", ("H",), "Read"),
    Act("definition", "Go to what is named here", ("F12",), "Read"),
    Act("find", "Find in the file\u2026", ("Ctrl+F",), "Read"),
    Act("find_next", "Next match", ("F3",), "Read"),
    Act("find_previous", "Previous match", ("Shift+F3",), "Read"),
    Act("line", "Go to a line\u2026", ("Ctrl+G",), "Read"),
    Act("fold", "Fold what is not marked", ("Z",), "Read"),
    Act("wrap", "Wrap long lines", ("W",), "Read"),
    Act("blanks", "Show tabs and blanks at ends", ("B",), "Read"),
    Act("bytes", "Show as bytes", ("X",), "Read"),
    Act("reference", "Copy package/file:line", ("Ctrl+Shift+C",), "Read"),
    Act("copy_id", "Copy the package's id", ("Ctrl+Shift+I",), "Read"),
    Act("copy_digest", "Copy the package's digest", (), "Read"),
    Act("fit", "Fit the map", ("F",), "Map"),
    Act("why", "Why path", ("1",), "Map"),
    Act("packages", "Packages", ("2",), "Map"),
    Act("modules", "Modules", ("3",), "Map"),
    Act("steps", "Steps", ("4",), "Map"),
    Act("everything", "Everything, or only what is near", ("5",), "Map"),
    Act("outline", "Outline of the map", ("Shift+G",), "Map"),
    Act("find_map", "Find on the map", ("Ctrl+Shift+F",), "Map"),
    Act("save_map", "Save the map as a picture\u2026", ("Ctrl+Shift+S",), "Map"),
    Act("open", "Open a folder\u2026", ("Ctrl+O",), "Project", needs_review=False),
    Act("new_window", "New window", ("Ctrl+Shift+N",), "Project", needs_review=False),
    Act("demo", "Open the demo", (), "Project", needs_review=False),
    Act("reload", "Reload", ("F5",), "Project"),
    Act("fetch", "Fetch packages that are missing\u2026", (), "Project"),
    Act("configure", "Configure in sandbox\u2026", (), "Project"),
    Act("observe", "Observe the run step in the sandbox\u2026", ("S",), "Project"),
    Act("export", "Export a report\u2026", ("Ctrl+Shift+E",), "Project"),
    Act("options", "Build options\u2026", ("O",), "Project"),
    Act("log", "Log: who decided about this package, and when\u2026", ("Shift+L",), "Team"),
    Act("import", "Import decisions of other projects\u2026", ("I",), "Team"),
    Act("sign", "Lock: sign your decisions\u2026", ("Shift+S",), "Team"),
    Act("prune", "Lock: prune what the project no longer has\u2026", (), "Team"),
    Act("driver", "Lock: merge driver, install\u2026", (), "Team"),
    Act("larger", "Larger text", ("Ctrl++", "Ctrl+="), "Window", needs_review=False),
    Act("smaller", "Smaller text", ("Ctrl+-",), "Window", needs_review=False),
    Act("usual", "Text of the usual size", ("Ctrl+0",), "Window", needs_review=False),
    Act("settings", "Settings\u2026", ("Ctrl+,",), "Window", needs_review=False),
    Act("close", "Close the window", ("Ctrl+W",), "Project", needs_review=False),
    Act("quit", "Quit", ("Ctrl+Q",), "Project", needs_review=False),
    Act("help", "Keys", ("?",), "Help", needs_review=False),
    Act("doctor", "What works on this machine", (), "Help", needs_review=False),
)


class Actions:
    """The table brought to life for one window. Each act does what it was bound to last."""

    def __init__(self, window: QWidget) -> None:
        self._slots: dict[str, Callable[[], None]] = {}
        self._actions: dict[str, QAction] = {}
        for act in ACTS:
            action = QAction(translated(act.text), window)
            action.setShortcuts([QKeySequence(key) for key in act.keys])
            action.triggered.connect(lambda _checked=False, act=act.id: self._slots[act]())
            window.addAction(action)
            self._actions[act.id] = action
        self.review_is_open(open_=False)

    def bind(self, slots: Mapping[str, Callable[[], None]]) -> None:
        """What these acts do from now on; the workspace of another review binds its acts again."""
        for act, slot in slots.items():
            assert act in self._actions, act
            self._slots[act] = slot

    def unbound(self) -> list[str]:
        """Ids of acts that nobody does: none, once a review is open."""
        return [act.id for act in ACTS if act.id not in self._slots]

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
        for title, acts in by_menu().items():
            group = whole.addMenu(translated(title))
            group.addActions([self._actions[act.id] for act in acts])
        return whole


def by_menu() -> Mapping[str, tuple[Act, ...]]:
    """The acts of each menu, both in the table's order."""
    return {title: tuple(act for act in ACTS if act.menu == title) for title in dict.fromkeys(act.menu for act in ACTS)}


def translated(text: str) -> str:
    """A text of the table in the window's language."""
    return QCoreApplication.translate("Act", text)


def key_text(act: Act) -> str:
    """The keys of an act as the help page shows them: `Ctrl+Z, U`."""
    return ", ".join(act.keys)


def first_key(act_id: str) -> str:
    """The first key of an act as buttons show it: `Ctrl Z`."""
    return keycap_text(next(act.keys[0] for act in ACTS if act.id == act_id))


def keycap_text(key: str) -> str:
    """A key as keycaps show it: `Ctrl Z` for `Ctrl+Z`, `Ctrl +` for `Ctrl++`."""
    return re.sub(r"\+(?=.)", " ", key)
