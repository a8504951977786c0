"""From a folder or a saved graph file to a review."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from reviewer.ecosystems import ecosystem_of
from reviewer.errors import ReviewerError, ToolchainMissingError
from reviewer.lock.imports import load_imports
from reviewer.lock.policy import load_policy
from reviewer.lock.replay import decisions_before
from reviewer.lock.storage import FILE_NAME
from reviewer.model.graph import Evidence
from reviewer.model.json import graph_from_json
from reviewer.progress import Progress
from reviewer.review.consent import allow_configure, may_configure
from reviewer.review.review import Review

MAX_SAVED_GRAPH = 512 * 1024 * 1024


def open_review(
    path: Path,
    progress: Progress,
    *,
    evidence: Evidence | None = None,
    toolchain: Path | None = None,
    options: Sequence[str] = (),
    full: bool = False,
    look: bool = True,
) -> Review:
    """Load a project folder, or a saved `reviewer.graph/1` file (then nothing can be decided), into a review.

    `evidence` None means: configured where the user allowed it for this project before, else read. Asking for configured is that
    permission, and is remembered. Where it cannot be had the review is of what was read, and its `refusal` says why: of configured that
    was asked for only where a toolchain is missing that can be installed. `toolchain` is the program that builds the project, None for
    one that fits; `options` are build options for the configure; `full`: hash every file, whatever is known from before. Without `look`
    it is not looked at what code could do, unless the verdict rests on it. Safe to call off the window's thread.
    Raises ReviewerError (not a project, broken manifest, damaged lock, no sandbox …) or CancelledError.
    """
    if path.is_file():
        return _open_saved(path)
    root = Path(path).resolve()
    ecosystem = ecosystem_of(root)
    asked = evidence is Evidence.CONFIGURED
    if asked:
        allow_configure(root)
    load = partial(ecosystem.load, root, progress=progress, toolchain=toolchain, options=options, full=full)
    policy = load_policy(root)  # before anything long
    imported = load_imports(root, policy.imports)
    history = decisions_before(root) if policy.signed else None
    refusal = None
    if asked or (evidence is None and may_configure(root)):
        try:
            graph = load(evidence=Evidence.CONFIGURED)
        except ReviewerError:
            # Asked for only now: a graph that is kept needs neither sandbox nor time to try one.
            refusal = ecosystem.configure_refusal(root, toolchain=toolchain)
            if refusal is None or (asked and not isinstance(refusal, ToolchainMissingError)):
                raise
            graph = load(evidence=Evidence.READ)
    else:
        graph = load(evidence=Evidence.READ)
    if look or policy.declarative:
        from reviewer.analysis.analyse import analyse  # costs as much to load as everything else

        graph = analyse(graph, progress)
    return Review(
        graph,
        root / FILE_NAME,
        refusal=refusal,
        policy=policy,
        imported=imported,
        history=history,
        progress=progress,
        full=full,
    )


def _open_saved(path: Path) -> Review:
    try:
        if path.stat().st_size > MAX_SAVED_GRAPH:
            raise ReviewerError("the file is too large for a saved graph", where=str(path))
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ReviewerError(
            "this is neither a project folder nor a saved graph", where=str(path), cure="name a folder"
        ) from error
    except OSError as error:
        raise ReviewerError(f"cannot be read ({error.strerror})", where=str(path)) from error
    return Review(graph_from_json(value, where=str(path)), None)
