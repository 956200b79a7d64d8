"""What changed between two API forms of one object."""

from collections.abc import Mapping

_BOOKKEEPING = frozenset({"updated_at", "sequence"})


def previous_attributes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """The earlier values of the members that differ."""
    return {name: value for name, value in before.items() if name not in _BOOKKEEPING and after.get(name) != value}
