"""What the map shows, as data: boxes and arrows. No Qt."""

from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """The four buttons of the map."""

    WHY = "Why path"
    PACKAGES = "Packages"
    MODULES = "Modules"
    STEPS = "Steps"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: a view, the selection (ids, or None), what the reviewer opened or closed by hand, and whether to show everything.

    `toggled` holds ids of boxes whose neighbours were asked for, of folds, and of groups that are not as they would be by themselves.
    """

    view: View
    package: str | None = None
    step: str | None = None
    toggled: frozenset[str] = frozenset()
    whole: bool = False

    def is_near(self, other: "Scope") -> bool:
        """Whether the two pictures are nearly the same, so that what is in both should stay where it is."""
        same = (self.view, self.whole) == (other.view, other.whole)
        return same and (self.view is not View.WHY or (self.package, self.step) == (other.package, other.step))


class Tone(StrEnum):
    """How a box is coloured."""

    ENTRY = "entry"
    RUN = "run"
    STEP = "step"
    BAD = "bad"
    CHANGED = "changed"
    TRUSTED = "trusted"
    PLAIN = "plain"


class Sign(StrEnum):
    """The shape inside a box that says the same as its colour."""

    NONE = ""
    RUN = "run"
    HIDDEN = "hidden run"
    TRUSTED = "trusted"
    UNREVIEWED = "unreviewed"
    CHANGED = "changed"
    REJECTED = "rejected"
    DEFERRED = "deferred"


class Kind(StrEnum):
    """What a box stands for. A group is all modules or steps of one package, a fold what was left out of a long path."""

    PACKAGE = "package"
    MODULE = "module"
    STEP = "step"
    GROUP = "group"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Box:
    """A box. `package` and `step` are what a click selects; `dim` boxes are context; `chosen` is the selection itself.

    `more` counts neighbours (of a group or fold: what is inside) that are not shown.
    """

    id: str
    label: str
    tone: Tone
    spoken: str
    package: str
    step: str | None = None
    kind: Kind = Kind.STEP
    sign: Sign = Sign.NONE
    dim: bool = False
    dashed: bool = False
    chosen: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Arrow:
    """From what waits to what it waits for; `path` arrows are the why path, `also` arrows other chains to the same end."""

    source: str
    target: str
    path: bool = False
    dashed: bool = False
    also: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A view ready to be laid out. `headline` tells it in words, `hint` what to do where there is nothing to show; `everything` is how
    many boxes the view has in all."""

    headline: str
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    everything: int = 0
    hint: str = ""
