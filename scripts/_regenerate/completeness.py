"""Whether the generated package holds all that the spec describes: the generator can leave shapes out silently."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _regenerate.paths import Operation, json_schema, operations
from _regenerate.spec import Spec, resolve


def missing(view: Spec, package: Path) -> list[str]:
    """One line per operation, argument, answer, schema or property of the client view that the package lacks."""
    return [*_missing_operations(view, package), *_missing_schemas(view, package)]


def _missing_operations(view: Spec, package: Path) -> Iterator[str]:
    for operation in operations(view):
        module = package / "api" / operation.declared["tags"][0] / f"{operation.id}.py"
        if not module.exists():
            yield f"{operation.where}: operation {operation.id} has no module"
            continue
        functions = _definitions(module)
        arguments = functions["_get_kwargs"]
        for location, target in (("query", "params"), ("header", "headers")):
            for name in operation.named(location):
                if name not in _keys_set_on(target, arguments):
                    yield f"{operation.where}: the {location} parameter {name!r} is not in {operation.id}"
        accepted = {argument.arg for argument in ast.walk(arguments) if isinstance(argument, ast.arg)}
        for name in operation.named("path"):
            if name not in accepted:
                yield f"{operation.where}: the path parameter {name!r} is not in {operation.id}"
        if "requestBody" in operation.declared and "body" not in accepted:
            yield f"{operation.where}: the request body is not in {operation.id}"
        yield from _missing_answers(view, operation, functions["_parse_response"])


def _missing_answers(view: Spec, operation: Operation, parse: ast.AST) -> Iterator[str]:
    read = {node.id for node in ast.walk(parse) if isinstance(node, ast.Name)}
    for status, response in operation.declared["responses"].items():
        schema = json_schema(view, response)
        if schema is None:
            continue
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name not in read:
            shown = f"the {name}" if name else "an unnamed schema"
            yield f"{operation.where}: {operation.id} does not read {shown} of answer {status}: refer to a named schema"


def _missing_schemas(view: Spec, package: Path) -> Iterator[str]:
    classes: dict[str, ast.ClassDef] = {}
    for module in sorted((package / "models").glob("*.py")):
        found = _definitions(module)
        classes.update({name: node for name, node in found.items() if isinstance(node, ast.ClassDef)})
    for name, schema in view.get("components", {}).get("schemas", {}).items():
        if not _has_model(schema):
            continue
        if name not in classes:
            yield f"schema {name}: no model of that name"
        elif "enum" in schema:
            listed = {node.value for node in ast.walk(classes[name]) if isinstance(node, ast.Constant)}
            for value in schema["enum"]:
                if value not in listed:
                    yield f"schema {name}: the value {value!r} is not in its enum"
        else:
            written = _keys_set_on("field_dict", classes[name])
            for member in _properties(view, schema):
                if member not in written:
                    yield f"schema {name}: the property {member!r} is not in its model"


def _has_model(schema: dict[str, Any]) -> bool:
    """Named scalars and arrays are written in place where they are used."""
    return "enum" in schema or schema.get("type") not in ("string", "integer", "number", "boolean", "array")


def _properties(view: Spec, schema: dict[str, Any]) -> Iterator[str]:
    yield from schema.get("properties", {})
    for part in schema.get("allOf", []):
        yield from _properties(view, resolve(view, part))


def _definitions(module: Path) -> dict[str, ast.AST]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _keys_set_on(mapping: str, tree: ast.AST) -> set[object]:
    """The constant keys in `mapping[key] = ...` below a node."""
    return {
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == mapping
        and isinstance(node.slice, ast.Constant)
    }
