"""Reads what a module imports, and whether it sleeps, from its syntax tree."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SLEEPS = frozenset({"time.sleep", "asyncio.sleep"})


@dataclass(frozen=True)
class Import:
    """One imported module, by its absolute name, and the line that says so."""

    name: str
    line: int
    for_types_only: bool = False


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a file below a source root."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, root: Path) -> Iterator[Import]:
    """Every import of the file, wherever it stands, relative ones made absolute.

    `from package import name` gives `package.name` where that is a module of the same root or anything of the
    standard library, otherwise `package`.
    """
    package = module_name(path, root).split(".")
    if path.name != "__init__.py":
        package.pop()
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for_types = _inside_type_checking(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, node in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                exact = _is_module(inner, root) or source.split(".")[0] in sys.stdlib_module_names
                yield Import(inner if exact else source, node.lineno, node in for_types)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = f"{node.value.id}.{node.attr}"
            if used in SLEEPS:
                yield Import(used, node.lineno)


def _inside_type_checking(tree: ast.Module) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for statement in node.body:
                found.update(ast.walk(statement))
    return found


def _is_module(name: str, root: Path) -> bool:
    place = root.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
