"""Packages, modules and steps: all of them, or what is near the selection, with the rest of each package in one box. No Qt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reviewer.ui.map.boxes import Boxes
from reviewer.ui.map.picture import Arrow, Box, Picture, Scope
from reviewer.ui.map.relations import Web, woven

MOST_BOXES = 120
"""A view with more boxes than this shows the neighbourhood of the selection instead, unless everything was asked for."""

GROUP_FROM = 40
"""With more modules or steps than this, those of one package share a box."""

NEAREST = 40
"""So many boxes at most are shown of what is selected, and as many around it."""

_GROUP = "\0group "


def group_id(package: str) -> str:
    """The id of the box that stands for all modules or steps of a package."""
    return _GROUP + package


def web_picture(
    web: Web,
    boxes: Boxes,
    scope: Scope,
    mine: Sequence[str],
    *,
    dashed: frozenset[tuple[str, str]] = frozenset(),
    path: Sequence[str] = (),
    grouped: bool = True,
    far: int | None = None,
) -> tuple[Picture, str]:
    """A web around `mine`, the selected things, and in words how much of it is shown.

    `dashed` are pairs whose arrow is; `path` is a why path to stress; `far` shows only what is at most so many arrows away.
    """
    everything = len(web.owner)
    members: Mapping[str, list[str]] = {}
    if grouped and everything > GROUP_FROM and not scope.whole:
        web, members = _grouped(web, scope, {web.owner[thing] for thing in mine}, set(path))
    mine = [thing if thing in web.owner else group_id(scope.package or "") for thing in mine]
    shown: Sequence[str] = list(web.owner)
    note = ""
    if far is not None or (len(shown) > MOST_BOXES and not scope.whole):
        starts = mine[:NEAREST] or shown[:1]
        most = min(MOST_BOXES, len(starts) + NEAREST)
        near = web.reach(starts, most, far if far is not None else len(shown))
        near += [other for thing in scope.toggled & set(web.owner) for other in web.near(thing)]
        inside = set(near) | (scope.toggled & set(web.owner))
        shown = [thing for thing in shown if thing in inside]
        note = f" ({len(shown)} of {len(web.owner):,} boxes, nearest to the selection)" if far is None else ""
    inside, chosen, chain = set(shown), set(mine), set(path)
    made: list[Box] = []
    for thing in shown:
        if thing in members:
            made.append(boxes.group(thing, web.owner[thing], members[thing], chosen=thing in chosen))
        else:
            more = 0 if len(shown) == len(web.owner) else sum(other not in inside for other in web.near(thing))
            made.append(boxes.of(thing, chosen=thing in chosen, more=more))
    arrows = tuple(
        Arrow(a, b, a in chain and b in chain, (a, b) in dashed) for a in shown for b in web.out[a] if b in inside
    )
    return Picture("", tuple(made), arrows, everything), note


def _grouped(web: Web, scope: Scope, open_: set[str], alone: set[str]) -> tuple[Web, Mapping[str, list[str]]]:
    """The web with the things of each package as one, and what is in each group.

    Packages of `open_` are not grouped, and no thing of `alone` is; toggling a group turns that around.
    """
    of: defaultdict[str, list[str]] = defaultdict(list)
    for thing, package in web.owner.items():
        if thing not in alone:
            of[package].append(thing)
    members = {
        group_id(package): things
        for package, things in of.items()
        if len(things) > 1 and (package in open_) == (group_id(package) in scope.toggled)
    }
    name = {thing: group for group, things in members.items() for thing in things}
    owner = {name.get(thing, thing): package for thing, package in web.owner.items()}
    out: dict[str, list[str]] = {}
    for thing, targets in web.out.items():
        out.setdefault(name.get(thing, thing), []).extend(name.get(target, target) for target in targets)
    return woven(owner, out), members
