"""Guards state machines: a status moves along an edge of its table or not at all."""

from collections.abc import Mapping

Edges = Mapping[str, frozenset[str]]


class IllegalTransitionError(Exception):
    """The object's state does not allow this step."""

    def __init__(self, kind: str, current: str, target: str) -> None:
        super().__init__(f"{kind}: {current} -> {target} is not a legal transition")
        self.kind = kind
        self.current = current
        self.target = target


def allowed(edges: Edges, current: str, target: str) -> bool:
    """Whether one step leads from `current` to `target`; what is not final may also stay."""
    return target in edges[current] or (current == target and not terminal(edges, current))


def step(kind: str, edges: Edges, current: str, target: str) -> str:
    """`target`, if one step leads there."""
    if not allowed(edges, current, target):
        raise IllegalTransitionError(kind, current, target)
    return target


def terminal(edges: Edges, status: str) -> bool:
    """Whether nothing leads out of this status."""
    return not edges[status]
