"""Fields of the values that a build file handles, apart from declarations of containers."""

from reviewer.ecosystems.zig.reading.links import PASSED_ON
from reviewer.ecosystems.zig.reading.values import (
    NOTHING,
    NULL,
    UNKNOWN,
    Builder,
    Dependency,
    Items,
    ModuleThing,
    Part,
    Std,
    StepThing,
    Value,
    join,
)

# Through these a build could be changed without calling any method that is followed.
_PARTS = frozenset({
    "top_level_steps", "modules", "named_writefiles", "named_lazy_paths", "dependencies", "dependants", "argv", "env_map", "environ_map",
    "file_inputs", "import_table", "link_objects", "include_dirs", "makeFn", "install_tls", "uninstall_tls",
})  # fmt: skip


def member(value: Value, name: str) -> Value:
    """`value.name` for one value that is not a container."""
    if isinstance(value, Std):
        return Std(f"{value.path}.{name}")
    if isinstance(value, Builder):
        return _of_builder(value, name)
    if isinstance(value, StepThing):
        return _of_step(value, name)
    if isinstance(value, ModuleThing):
        return _of_module(value, name)
    if isinstance(value, Dependency):
        return Builder(value.instance) if name == "builder" else UNKNOWN
    if isinstance(value, Part):
        return value if value.name in ("install_tls", "uninstall_tls") else Part(value.whole, name)
    if isinstance(value, Items) and name in ("items", "ptr"):
        return value
    if isinstance(value, Items) and name == "len":
        return len(value.items)
    if value is NULL or value is NOTHING:
        return NULL
    return UNKNOWN


def _of_builder(builder: Builder, name: str) -> Value:
    if name == "args":
        return Items([PASSED_ON])
    if name in ("default_step", "install_tls"):
        return builder.instance.install
    if name == "uninstall_tls":
        return builder.instance.uninstall
    return Part(builder, name) if name in _PARTS else UNKNOWN


def _of_step(step: StepThing, name: str) -> Value:
    if name in ("step", "output_file", "step_ptr") or name.startswith("generated_"):
        return step
    if name == "root_module":
        return join(step.modules) if step.modules else UNKNOWN
    if name in ("owner", "builder"):
        return Builder(step.owner)
    if name == "name":
        return step.artifact or step.name
    if name in ("artifact", "producer", "exe"):
        made = [wait for wait in step.waits if wait.kind == "compile"]
        return join(made[:1]) if made else UNKNOWN
    return Part(step, name) if name in _PARTS else UNKNOWN


def _of_module(module: ModuleThing, name: str) -> Value:
    if name in ("owner", "builder"):
        return Builder(module.owner)
    if name == "root_source_file":
        return module.root if module.root is not None else NULL
    return Part(module, name) if name in _PARTS else UNKNOWN
