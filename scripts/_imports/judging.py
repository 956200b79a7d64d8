"""Judges every import of a source tree by the layer of the module that it stands in."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from _imports.layers import OWN_TYPES, Layer
from _imports.reading import Import, imports, module_name


@dataclass(frozen=True)
class Violation:
    """An import that the layer of its module does not allow."""

    path: Path
    line: int
    layer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.layer} may not import {self.imported}"


def violations(roots: Iterable[Path], layers: Sequence[Layer]) -> Iterator[Violation]:
    """What breaks the rules below the source roots, in the order of the files."""
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            layer = _layer_of(path, root, layers)
            if layer is None:
                continue
            own = OWN_TYPES.get(module_name(path, root).split(".")[0], ())
            for found in imports(path, root):
                names_own_types = found.for_types_only and found.name.split(".")[0] in own
                if not names_own_types and not _allowed(found, layer):
                    yield Violation(path, found.line, layer.name, found.name)


def _layer_of(path: Path, root: Path, layers: Sequence[Layer]) -> Layer | None:
    name = module_name(path, root)
    if path.name == "__init__.py":
        exact = next((layer for layer in layers if f"{name}.__init__" in layer.modules), None)
        if exact is not None:
            return exact
    return next((layer for layer in layers if layer.holds(name)), None)


def _allowed(found: Import, layer: Layer) -> bool:
    if layer.forbids_stdlib(found.name):
        return False
    return found.name.split(".")[0] in sys.stdlib_module_names or layer.allows(found.name)
