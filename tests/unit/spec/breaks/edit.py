"""A small change to the spec that one rule must find."""

import json
from typing import Any, NamedTuple

REMOVED = object()
"""As a new value: the member is taken away."""


class Break(NamedTuple):
    """`rule` must report `found` with these words after `pointer` was given `value`."""

    rule: str
    pointer: str
    value: Any
    found: str
    words: str

    def __repr__(self) -> str:
        return f"{self.rule}: {self.words}"


def broken(text: str, each: Break) -> dict[str, Any]:
    """The spec (as JSON text) with the change made."""
    spec: dict[str, Any] = json.loads(text)
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in each.pointer.split("/")[1:])
    holder: Any = spec
    for part in way:
        holder = holder[_key(holder, part)]
    if last == "-":
        holder.append(each.value)
    elif each.value is REMOVED:
        del holder[_key(holder, last)]
    else:
        holder[_key(holder, last)] = each.value
    return spec


def _key(holder: object, part: str) -> int | str:
    return int(part) if isinstance(holder, list) else part
