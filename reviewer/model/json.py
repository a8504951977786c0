"""`reviewer.graph/1`: the graph as JSON, written by `reviewer graph --format json`, read again by `reviewer open FILE`.

Beyond DESIGN.md's keys a step carries `root_module`, a run `program_source` and `reach`, a module `sources` and `includes`, and the graph
`build_code`, so that a saved graph answers the same questions.
"""

from collections.abc import Mapping
from typing import Any

from reviewer.errors import ReviewerError
from reviewer.model.graph import (
    BuildCode,
    BuildOption,
    Evidence,
    Finding,
    Graph,
    Location,
    Module,
    Package,
    PackageEdge,
    Problem,
    Reach,
    Run,
    Severity,
    Step,
)

SCHEMA = "reviewer.graph/1"


def graph_to_json(graph: Graph) -> dict[str, Any]:
    """A plain value for `json.dumps`."""
    return {
        "schema": SCHEMA,
        "project": {
            "root": graph.root,
            "ecosystem": graph.ecosystem,
            "toolchain": graph.toolchain,
            "options": list(graph.options),
            "declared_options": [option._asdict() for option in graph.declared_options],
        },
        "evidence": graph.evidence.value,
        "packages": [package._asdict() for package in graph.packages],
        "package_edges": [{"from": e.source, "to": e.target, "kind": e.kind} for e in graph.package_edges],
        "modules": [_module_to_json(module) for module in graph.modules],
        "steps": [_step_to_json(step) for step in graph.steps],
        "findings": [finding._asdict() for finding in graph.findings],
        "build_code": [_build_code_to_json(code) for code in graph.build_code],
        "problems": [{"severity": p.severity.value, "where": p.where, "text": p.text} for p in graph.problems],
    }


def _module_to_json(module: Module) -> dict[str, Any]:
    return {
        "id": module.id,
        "package": module.package,
        "name": module.name,
        "root_source": module.root_source,
        "imports": [{"name": name, "module": target} for name, target in module.imports],
        "needs_steps": list(module.needs_steps),
        "sources": list(module.sources),
        "includes": list(module.includes),
    }


def _step_to_json(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "package": step.package,
        "kind": step.kind,
        "name": step.name,
        "depends_on": list(step.depends_on),
        "evidence": step.evidence.value,
        "root_module": step.root_module,
        "run": None if step.run is None else _run_to_json(step.run),
        "created_at": [location._asdict() for location in step.created_at],
    }


def _run_to_json(run: Run) -> dict[str, Any]:
    return {
        "command": list(run.command),
        "executes": run.executes,
        "program_source": None if run.program_source is None else run.program_source._asdict(),
        "cwd": run.cwd,
        "env": dict(run.env),
        "inputs": list(run.inputs),
        "outputs": list(run.outputs),
        "fingerprint": run.fingerprint,
        "hidden": run.hidden,
        "why": [list(chain) for chain in run.why],
        "reach": None if run.reach is None else _reach_to_json(run.reach),
    }


def _build_code_to_json(code: BuildCode) -> dict[str, Any]:
    return {
        "package": code.package,
        "files": list(code.files),
        "declarative": code.declarative,
        "basis": code.basis,
        "hindrances": list(code.hindrances),
    }


def _build_code(value: Mapping[str, Any]) -> BuildCode:
    return BuildCode(
        package=_text(value["package"]),
        files=_texts(value["files"]),
        declarative=value["declarative"] is True,
        basis=_text(value["basis"]),
        hindrances=_texts(value["hindrances"]),
    )


def _reach_to_json(reach: Reach) -> dict[str, Any]:
    return {
        "code": [{"package": package, "file": file} for package, file in reach.code],
        "data": [{"package": package, "file": file} for package, file in reach.data],
        "digest": reach.digest,
        "gaps": list(reach.gaps),
    }


def graph_from_json(value: Any, *, where: str) -> Graph:
    """The graph of a saved file; `where` names it in errors. Raises ReviewerError when it is not a whole `reviewer.graph/1`."""
    if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
        raise ReviewerError(
            f"this is not a {SCHEMA} file", where=where, cure="save one with `reviewer graph --format json`"
        )
    try:
        graph = _graph(value)
        _ = graph.root_package
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        cure = "save it again with `reviewer graph --format json`"
        raise ReviewerError(
            f"the saved graph is damaged ({type(error).__name__}: {error})", where=where, cure=cure
        ) from error
    return graph


def _graph(value: Mapping[str, Any]) -> Graph:
    project = value["project"]
    return Graph(
        root=_text(project["root"]),
        ecosystem=_text(project["ecosystem"]),
        toolchain=_optional(project["toolchain"]),
        evidence=Evidence(value["evidence"]),
        packages=tuple(_package(p) for p in value["packages"]),
        package_edges=tuple(
            PackageEdge(_text(e["from"]), _text(e["to"]), _text(e["kind"])) for e in value["package_edges"]
        ),
        modules=tuple(_module(m) for m in value["modules"]),
        steps=tuple(_step(s) for s in value["steps"]),
        findings=tuple(_finding(f) for f in value["findings"]),
        build_code=tuple(_build_code(code) for code in value.get("build_code", [])),
        problems=tuple(
            Problem(Severity(p["severity"]), _text(p["where"]), _text(p["text"])) for p in value["problems"]
        ),
        options=_texts(project.get("options", [])),
        declared_options=tuple(_option(o) for o in project.get("declared_options", [])),
    )


def _option(value: Mapping[str, Any]) -> BuildOption:
    return BuildOption(
        name=_text(value["name"]),
        type=_text(value["type"]),
        description=_text(value["description"]),
        choices=_texts(value["choices"]),
        default=_optional(value["default"]),
    )


def _package(value: Mapping[str, Any]) -> Package:
    return Package(
        id=_text(value["id"]),
        ecosystem=_text(value["ecosystem"]),
        name=_text(value["name"]),
        version=_text(value["version"]),
        digest=_optional(value["digest"]),
        source=_text(value["source"]),
        root=_text(value["root"]),
        direct=bool(value["direct"]),
        lazy=bool(value["lazy"]),
        fetched=bool(value["fetched"]),
    )


def _module(value: Mapping[str, Any]) -> Module:
    return Module(
        id=_text(value["id"]),
        package=_text(value["package"]),
        name=_text(value["name"]),
        root_source=_optional(value["root_source"]),
        imports=tuple((_text(i["name"]), _text(i["module"])) for i in value["imports"]),
        needs_steps=_texts(value["needs_steps"]),
        sources=_texts(value.get("sources", [])),
        includes=_texts(value.get("includes", [])),
    )


def _step(value: Mapping[str, Any]) -> Step:
    return Step(
        id=_text(value["id"]),
        package=_text(value["package"]),
        kind=_text(value["kind"]),
        name=_text(value["name"]),
        evidence=Evidence(value["evidence"]),
        depends_on=_texts(value["depends_on"]),
        root_module=_optional(value.get("root_module")),
        run=None if value["run"] is None else _run(value["run"]),
        created_at=tuple(_location(place) for place in value["created_at"]),
    )


def _run(value: Mapping[str, Any]) -> Run:
    source = value.get("program_source")
    return Run(
        command=_texts(value["command"]),
        executes=_optional(value["executes"]),
        program_source=None if source is None else _location(source),
        cwd=_optional(value["cwd"]),
        env={_text(key): _text(item) for key, item in value["env"].items()},
        inputs=_texts(value["inputs"]),
        outputs=_texts(value["outputs"]),
        fingerprint=_text(value["fingerprint"]),
        hidden=bool(value["hidden"]),
        why=tuple(_texts(chain) for chain in value["why"]),
        reach=None if value.get("reach") is None else _reach(value["reach"]),
    )


def _reach(value: Mapping[str, Any]) -> Reach:
    return Reach(
        code=tuple((_text(file["package"]), _text(file["file"])) for file in value["code"]),
        data=tuple((_text(file["package"]), _text(file["file"])) for file in value["data"]),
        digest=_text(value["digest"]),
        gaps=_texts(value["gaps"]),
    )


def _location(value: Mapping[str, Any]) -> Location:
    return Location(
        _text(value["package"]),
        _text(value["file"]),
        _number(value["line"]),
        _number(value["column"]),
        _text(value["function"]),
    )


def _finding(value: Mapping[str, Any]) -> Finding:
    return Finding(
        package=_text(value["package"]),
        capability=_text(value["capability"]),
        file=_text(value["file"]),
        line=_number(value["line"]),
        column=_number(value["column"]),
        text=_text(value["text"]),
        step=_optional(value["step"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {type(value).__name__}")
    return tuple(_text(item) for item in value)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected a number, found {type(value).__name__}")
    return value
