"""The report as a CycloneDX 1.6 bill of materials (JSON), with the decisions as properties named `reviewer:…`."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output.json import JsonV1Dot6

from reviewer import __version__
from reviewer.content.text import visible
from reviewer.lock.status import Status
from reviewer.lock.voices import voices
from reviewer.report.contents import Report, ReportPackage

_NAMESPACE = UUID("7f3c7f3e-0d6b-5f4e-9d59-2b8f5a0c6f11")
"""Of serial numbers: a bill's number is made from what it says."""


def to_cyclonedx(report: Report) -> str:
    """One component for each package, the project itself as what the bill is about."""
    components = {package.id: _component(package) for package in report.packages}
    own = [package for package in report.packages if package.status is Status.OWN]
    bom = Bom(components=[components[p.id] for p in report.packages if p.status is not Status.OWN])
    bom.metadata.component = components[own[0].id] if own else None
    bom.metadata.properties.update(
        [
            Property(name="reviewer:verdict", value=report.verdict),
            Property(name="reviewer:exit", value=str(report.exit_code)),
            Property(name="reviewer:evidence", value=report.evidence),
            Property(name="reviewer:options", value=_text(report.options)),
            Property(name="reviewer:toolchain", value=_text(report.toolchain)),
            *(Property(name="reviewer:exception", value=_text(exception)) for exception in report.exceptions),
        ]
    )
    bom.metadata.tools.components.add(Component(name="Reviewer", version=__version__, type=ComponentType.APPLICATION))
    for package in report.packages:
        wanted = (Dependency(ref=components[target].bom_ref) for target in package.dependencies if target in components)
        bom.dependencies.add(Dependency(ref=components[package.id].bom_ref, dependencies=wanted))
    return _without_chance(json.loads(JsonV1Dot6(bom).output_as_string()))


def _without_chance(value: dict[str, Any]) -> str:
    """A number made from the content instead of a random one, and no time: equal reviews give equal bytes."""
    del value["serialNumber"], value["metadata"]["timestamp"]
    value["serialNumber"] = f"urn:uuid:{uuid5(_NAMESPACE, json.dumps(value, sort_keys=True))}"
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _component(package: ReportPackage) -> Component:
    own = package.status is Status.OWN
    return Component(
        name=_text(package.name),
        version=_text(package.version),
        type=ComponentType.APPLICATION if own else ComponentType.LIBRARY,
        bom_ref=_text(package.id),
        properties=[Property(name=f"reviewer:{name}", value=_text(value)) for name, value in _properties(package)],
    )


def _properties(package: ReportPackage) -> Iterator[tuple[str, str]]:
    yield "id", package.id
    yield "status", package.status.value
    yield "reason", package.reason
    if package.digest:
        yield "digest", package.digest
    if package.source:
        yield "source", package.source
    for step in package.steps:
        created = f" ({step.created})" if step.created else ""
        yield "run-step", f"{step.name}{created}{', hidden' if step.hidden else ''}"
    for capability in sorted({finding.capability for finding in package.findings}):
        yield "capability", capability
    for one in package.behind:
        yield "look-into" if one.alarm else "who", one.text
    decision = package.decision
    if decision is None:
        return
    yield "decision", decision.verdict.value
    if package.imported:
        yield "decision:imported", package.imported
    yield "decision:criteria", " ".join(decision.criteria)
    for voice in voices(decision):
        yield "decision:by", voice.by
        yield "decision:at", voice.at
        if voice.note:
            yield "decision:note", voice.note
    yield "decision:package", decision.package
    yield "decision:digest", decision.digest
    if decision.basis is not None:
        yield "decision:from", decision.basis


def _text(text: str) -> str:
    return visible(text)
