"""Which keys move the cursor: those that the system's editors have."""

from PySide6.QtGui import QKeyEvent, QKeySequence

from reviewer.ui.code.motion import Motion

_MOTIONS = {
    "PreviousLine": Motion.UP,
    "NextLine": Motion.DOWN,
    "PreviousPage": Motion.PAGE_UP,
    "NextPage": Motion.PAGE_DOWN,
    "PreviousChar": Motion.LEFT,
    "NextChar": Motion.RIGHT,
    "PreviousWord": Motion.WORD_LEFT,
    "NextWord": Motion.WORD_RIGHT,
    "StartOfLine": Motion.LINE_START,
    "EndOfLine": Motion.LINE_END,
    "StartOfDocument": Motion.FILE_START,
    "EndOfDocument": Motion.FILE_END,
}
_KEYS = tuple(
    (QKeySequence.StandardKey[f"{verb}{target}"], motion)
    for target, motion in _MOTIONS.items()
    for verb in ("MoveTo", "Select")
)


def motion_of(event: QKeyEvent) -> Motion | None:
    """The motion that a key asks for; None for any other key."""
    return next((motion for key, motion in _KEYS if event.matches(key)), None)
