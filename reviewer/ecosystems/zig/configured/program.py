"""Whose code a run step of a report executes, and in which file that begins."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reviewer.ecosystems.zig.interpreters import executed_word
from reviewer.ecosystems.zig.packages.table import ZigPackage
from reviewer.model.graph import Location

_BUILD_FILE = "build.zig"


class ProgramFinder:
    """`owners` are the packages that numbers in the report stand for; `locate` gives the place of an absolute path that lies in a package,
    `created` that of the code which created a step of the report, `text` decodes a string of it."""

    def __init__(
        self,
        steps: Sequence[Mapping[str, Any]],
        modules: Sequence[Mapping[str, Any]],
        owners: Sequence[ZigPackage],
        *,
        locate: Callable[[str], Location | None],
        created: Callable[[Mapping[str, Any]], Location | None],
        text: Callable[[object], str],
    ) -> None:
        self._steps = steps
        self._modules = modules
        self._owners = owners
        self._locate = locate
        self._created = created
        self._text = text

    def program(self, run: Mapping[str, Any]) -> Location | None:
        """None where it is a program of the system, or its code lies in the command itself."""
        words = [self._word(argument) for argument in run["args"]]
        index = executed_word(words)
        if index is None:
            return None
        argument = run["args"][index]
        if argument["kind"] == "artifact":
            return self._built(self._steps[argument["step"]])
        if "path" in argument:
            return self._file(argument["path"])
        word = words[index]
        return (
            None if word is None else self._locate(word if word.startswith("/") else self._in_folder(run["cwd"], word))
        )

    def _word(self, argument: Mapping[str, Any]) -> str | None:
        plain = argument["kind"] == "bytes"
        return self._text(argument["prefix"]) if plain else "--" if "output" in argument else None

    def _built(self, step: Mapping[str, Any]) -> Location:
        module = self._modules[step["compile"]["root_module"]]
        source = module["root_source"]
        if source is not None and isinstance(source["base"], int):
            return Location(self._owners[source["base"]].package.id, self._text(source["sub"]), 1)
        return Location(self._owners[module["package"]].package.id, _BUILD_FILE, 1)

    def _file(self, path: Mapping[str, Any]) -> Location | None:
        if isinstance(path["base"], int):
            return Location(self._owners[path["base"]].package.id, self._text(path["sub"]), 1)
        if path["base"] == "cwd":
            return self._locate(self._text(path["sub"]))
        if path["base"] != "generated" or path["step"] is None:
            return None
        step = self._steps[path["step"]]
        if "compile" in step:
            return self._built(step)
        if step["kind"] == "find_program":
            return None
        # What a step made is as much that step's package's as it can be.
        return self._created(step) or Location(self._owners[step["package"]].package.id, _BUILD_FILE, 1)

    def _in_folder(self, cwd: Mapping[str, Any] | None, word: str) -> str:
        if cwd is None:
            owner, sub = next(owner for owner in self._owners if owner.table_name == ""), ""
        elif isinstance(cwd["base"], int):
            owner, sub = self._owners[cwd["base"]], self._text(cwd["sub"])
        else:
            return word
        return "/".join(
            part for part in (str(owner.folder), *sub.split("/"), *word.split("/")) if part not in ("", ".")
        )
