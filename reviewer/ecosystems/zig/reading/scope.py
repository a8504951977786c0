"""Names of a build file: files, containers, functions and the scopes between them."""

from reviewer.ecosystems.zig.packages.table import ZigPackage
from reviewer.ecosystems.zig.reading.syntax import Node, identifier
from reviewer.ecosystems.zig.reading.values import Value, join
from reviewer.model.graph import Location

MAX_STACK = 8
"""Locations kept of a creation stack, as many as zig itself keeps."""


class SourceFile:
    """A zig file of a package, parsed. `followed`: ids of the nodes that name a function of zig's build API and whose call was followed."""

    def __init__(self, package: ZigPackage, path: str, root: Node) -> None:
        self.package = package
        self.path = path
        self.root = root
        self.shape = Shape(root, None, self)
        self.followed: set[int] = set()


class Cell:
    """A variable. `conditional`: under how many conditions it was declared, so that a later conditional write keeps the old value too.
    `home`: the list and index that a captured pointer points to."""

    __slots__ = ("conditional", "home", "value")

    def __init__(self, value: Value, conditional: int, home: tuple[list[Value], int] | None = None) -> None:
        self.value = value
        self.conditional = conditional
        self.home = home

    def assign(self, value: Value, conditional: int) -> None:
        """A write to it, or through it."""
        self.value = join((self.value, value)) if conditional > self.conditional else value
        if self.home is not None:
            items, index = self.home
            items[index] = self.value


class Scope:
    """Names of a block, or of a container (`shape`), inside a parent."""

    __slots__ = ("names", "parent", "shape")

    def __init__(self, parent: "Scope | None", shape: "Shape | None" = None) -> None:
        self.parent = parent
        self.shape = shape
        self.names: dict[str, Cell] = {}


class Shape:
    """A container: a file, struct, enum or union. Its declarations are evaluated when they are first used."""

    def __init__(self, node: Node, parent: Scope | None, file: SourceFile) -> None:
        self.file = file
        self.scope = Scope(parent, shape=self)
        self.cells: dict[str, Cell] = {}
        self.declarations: dict[str, Node] = {}
        self.fields: dict[str, Node] = {}
        for child in node.children:
            if child.kind == "function_declaration":
                self.declarations.setdefault(identifier(child.fields.get("name")), child)
            elif child.kind == "variable_declaration":
                self.declarations.setdefault(identifier(child.child("identifier")), child)
            elif child.kind == "container_field":
                self.fields.setdefault(identifier(child.fields.get("name")), child)


class Function:
    """A function declaration in its container."""

    __slots__ = ("name", "node", "shape")

    def __init__(self, shape: Shape, node: Node, name: str) -> None:
        self.shape = shape
        self.node = node
        self.name = name


class Frame:
    """A function being followed. `call` is where its caller calls it, innermost first; `returns` the type it names."""

    __slots__ = ("call", "file", "function", "labels", "returned", "returns", "shape")

    def __init__(
        self,
        file: SourceFile,
        function: str,
        shape: Shape,
        call: tuple[Location, ...] = (),
        returns: Node | None = None,
    ) -> None:
        self.file = file
        self.function = function
        self.shape = shape
        self.call = call
        self.returns = returns
        self.returned: list[Value] = []
        self.labels: list[tuple[str, list[Value]]] = []

    def at(self, node: Node) -> tuple[Location, ...]:
        """The creation stack of what is made at this node."""
        here = Location(self.file.package.package.id, self.file.path, node.line, node.column, self.function)
        return (here, *self.call)[:MAX_STACK]

    def leave(self, label: str, value: Value) -> None:
        """`break :label value`; without a label, the innermost loop."""
        for name, values in reversed(self.labels):
            if name == label:
                values.append(value)
                return


def find(scope: Scope | None, name: str) -> Cell | tuple[Shape, Node] | None:
    """What a name refers to: a variable, or a declaration of a container that may still have to be evaluated."""
    while scope is not None:
        if (cell := scope.names.get(name)) is not None:
            return cell
        if scope.shape is not None and (node := scope.shape.declarations.get(name)) is not None:
            return scope.shape.cells.get(name) or (scope.shape, node)
        scope = scope.parent
    return None


def declare(scope: Scope, name: str, value: Value, conditional: int) -> None:
    """A new variable."""
    if name and name != "_":
        scope.names[name] = Cell(value, conditional)
