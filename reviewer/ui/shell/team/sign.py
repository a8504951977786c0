"""`reviewer lock sign` in the window: sign one's own decisions with the key that git signs with."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from reviewer.lock.decision import Decision
from reviewer.lock.signing import SIGNERS_FILE
from reviewer.lock.voices import address_of
from reviewer.progress import Progress
from reviewer.review.signing import foreign_line, key_is_listed, key_to_sign_with, signed, to_sign
from reviewer.ui.shell.team.page import TeamPage
from reviewer.ui.state.session import Session


class _Own(NamedTuple):
    voices: tuple[Decision, ...]
    foreign: tuple[Decision, ...]
    key: str


class _Signed(NamedTuple):
    entries: dict[str, Decision]
    listed: bool


class SignPage(TeamPage):
    """Finds out when it opens what there is to sign; signing can be undone."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window, window.tr("Sign your decisions"), "reviewer lock sign")
        self._session, self._review = session, session.review
        self._root = Path(session.review.graph.root)
        self._project = session.review.policy.project
        self.work_on(self.tr("Looking for what is not signed"), self._look, self._show)

    def _look(self, _: Progress) -> _Own:
        own, foreign = to_sign(self._review.lock, self._root, self._review.reviewer, self._project)
        return _Own(own, foreign, key_to_sign_with(self._root) if own else "")

    def _show(self, own: _Own) -> None:
        if not own.voices:
            self.show_lines(
                map(foreign_line, own.foreign),
                self.tr("There is no unsigned decision by {}.").format(self._review.reviewer),
            )
            return
        shown = [f"sign: {voice.package} ({voice.verdict.value}, {voice.at})" for voice in own.voices]
        shown += map(foreign_line, own.foreign)
        self.show_lines(shown, self.tr("With {}").format(own.key))
        self.offer(self.tr("Sign {}").format(len(own.voices)), lambda: self._sign(own))

    def _sign(self, own: _Own) -> None:
        lock = self._review.lock

        def work(progress: Progress) -> _Signed:
            entries = signed(lock, own.voices, own.key, self._project, progress, terminal=False)
            after = lock.with_decisions(entries.values())
            return _Signed(entries, key_is_listed(after, self._root, own.voices, self._project))

        def then(made: _Signed) -> None:
            if not self._session.apply(lambda: self._review.sign(made.entries)):
                self.reject()  # why is told in the window
                return
            told = self.tr("{} signed. Undo takes the signatures away.").format(len(own.voices))
            if not made.listed:
                address = address_of(own.voices[0].by)
                told = self.tr(
                    "{} signed, but {} does not list this key: add a line \u201c{} KEY\u201d with your public key, and commit it."
                ).format(len(own.voices), SIGNERS_FILE, address)
            self._session.told.emit(told)
            self.accept()

        self.work_on(self.tr("Signing"), work, then)
