"""Finds the operation that a method and a path name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .spec import Operation


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    parameter: "_Node | None" = None
    name: str = ""
    operations: dict[str, Operation] = field(default_factory=dict[str, Operation])


@dataclass(frozen=True, slots=True)
class Found:
    """The path leads to an operation; `path` holds its path parameters."""

    operation: Operation
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WrongMethod:
    """The path exists, but not with this method; `allowed` are those that it has."""

    allowed: tuple[str, ...]


class Routes:
    """A tree of path segments; a literal segment wins over a parameter.

    Paths are found as they were sent, percent-encoded: an encoded slash is part of its segment.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.split("/")[1:]:
                if segment.startswith("{"):
                    if node.parameter is None:
                        node.parameter = _Node(name=segment[1:-1])
                    node = node.parameter
                else:
                    node = node.literals.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> Found | WrongMethod | None:
        """The operation; WrongMethod if only the method is wrong; None if there is no such path."""
        node, captured = self._root, dict[str, str]()
        for segment in map(unquote, path.split("/")[1:]):
            literal = node.literals.get(segment)
            if literal is not None:
                node = literal
            elif node.parameter is not None and segment:
                node = node.parameter
                captured[node.name] = segment
            else:
                return None
        if method in node.operations:
            return Found(node.operations[method], captured)
        return WrongMethod(tuple(sorted(node.operations))) if node.operations else None
