"""From a JSON pointer to the line of the YAML file, for messages that an editor can jump to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from _spec.document import child

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def lines(path: Path) -> Mapping[str, int]:
    """Pointer -> line (from 1) of every member in the file."""
    found: dict[str, int] = {"#": 1}
    loader = _Loader(path.read_text(encoding="utf-8"))
    _note(loader.get_single_node(), "#", found)
    return found


def line_of(pointer: str, known: Mapping[str, int]) -> int:
    """The line of `pointer`, or of the nearest place above it that exists."""
    while pointer not in known:
        pointer = pointer.rpartition("/")[0]
    return known[pointer]


def _note(node: yaml.Node, pointer: str, found: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            where = child(pointer, key.value)
            found[where] = key.start_mark.line + 1
            _note(value, where, found)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            where = child(pointer, index)
            found[where] = value.start_mark.line + 1
            _note(value, where, found)
