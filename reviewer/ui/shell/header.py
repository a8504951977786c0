"""The bar at the top: project, what is known of it, the verdict, and the go-to field."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from reviewer.model.graph import Evidence
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import ElidedButton, ElidedLabel, KeyButton, Pill, no_mnemonic, plain_tip, set_pill
from reviewer.ui.shell.sandbox_pill import SandboxPill

if TYPE_CHECKING:
    from reviewer.ui.state.session import Session

_LEAST_FOR_COUNTS = 100
"""Pixels below which the counts would tell nothing."""


class Header(QWidget):
    """Shows a session's verdict, or only the program's name where nothing is open."""

    goto = Signal()
    configure = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session: Session | None = None
        self._name = ElidedLabel("title", Qt.TextElideMode.ElideMiddle)
        self._name.setText(self.tr("Reviewer"))
        self._counts = ElidedLabel("muted")
        self.verdict, self.hidden = Pill(), Pill()
        self.evidence = ElidedButton(self.tr("read only \u00b7 Configure in sandbox"))
        self.evidence.setProperty("pill", "action")
        self.evidence.setAccessibleName(self.tr("Known from reading only. Configure in sandbox"))
        self.evidence.setToolTip(
            self.tr("Known from reading manifests and source only. Configure in the sandbox for the exact steps")
        )
        self.evidence.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.evidence.clicked.connect(self.configure)
        self.options = ElidedButton()
        self.options.setProperty("pill", "action")
        self.options.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.sandbox = SandboxPill()
        self.sandbox.known.connect(self._make_room)
        self.field = KeyButton(self.tr("Go to package, step, file or action\u2026"), "Ctrl K", centered=False)
        self.field.setObjectName("gotoField")
        self.field.setMinimumWidth(150)
        self.field.setMaximumWidth(340)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.clicked.connect(self.goto)
        self._menu = QPushButton("\u2630")
        self._menu.setProperty("flat", "true")
        self._menu.setAccessibleName(self.tr("Menu"))
        self._menu.setToolTip(self.tr("All actions"))
        self._menu.setMenu(menu)
        self._parts = (self._name, self.verdict, self.hidden, self.evidence, self.options)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 10, 0)
        row.setSpacing(13)
        row.addWidget(self._name)
        row.addWidget(self._counts)
        for part in (self.verdict, self.hidden, self.evidence, self.options):
            row.addWidget(part)
        row.addWidget(self.sandbox)
        row.addStretch(1)
        row.addWidget(self.field, 30)
        row.addWidget(self._menu)
        self.show_session(None)

    def show_session(self, session: "Session | None") -> None:
        """Show another session, or none."""
        self._session = session
        self.field.setVisible(session is not None)
        if session is None:
            self._counts.hide()
            self._name.setText(self.tr("Reviewer"))
            for part in (self.verdict, self.hidden, self.evidence, self.options, self.sandbox):
                part.hide()
            return
        self.sandbox.look()
        from reviewer.ui.packages.rows import header_counts  # with a session it is loaded already

        graph = session.review.graph
        self._name.setText(session.name)
        self._counts.setText(header_counts(graph))
        hidden = sum(1 for step in graph.run_steps if step.run and step.run.hidden)
        set_pill(self.hidden, counted(hidden, "hidden run step") if hidden else "", "run")
        self.evidence.setVisible(graph.evidence is Evidence.READ and session.review.lock_path is not None)
        held = one_line(graph.options_text, 400)
        self.options.setText(no_mnemonic(one_line(graph.options_text, 34)))
        self.options.setAccessibleName(self.tr("Build options: {}").format(held))
        self.options.setToolTip(plain_tip(self.tr("All that is shown holds for {}").format(held)))
        self.options.setVisible(bool(graph.options))
        session.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        if self._session is not None:
            review = self._session.review
            set_pill(self.verdict, review.verdict_text, "good" if review.exit_code == 0 else "bad")
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for more, or for less."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where there is little room the counts give theirs to the verdict, and so does a sandbox of which nothing has to be said."""
        shown = [part for part in self._parts if not part.isHidden()]
        needed = sum(part.sizeHint().width() + self._row.spacing() for part in shown)
        needed += self.field.minimumWidth() + self._menu.sizeHint().width() + 2 * self._row.spacing()
        left = self.width() - needed
        pill = self.sandbox.sizeHint().width() + self._row.spacing()
        fits = left - pill > _LEAST_FOR_COUNTS + self._counts.sizeHint().width()
        shows = self._session is not None and self.sandbox.is_known and (fits or not self.sandbox.is_best)
        self.sandbox.setVisible(shows)
        self._counts.setVisible(self._session is not None and left - (pill if shows else 0) > _LEAST_FOR_COUNTS)
