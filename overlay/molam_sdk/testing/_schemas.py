"""Holds values against the schemas of the specification, as far as the SDK is packaged with them."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Schema = Mapping[str, Any]
    Schemas = Mapping[str, Schema]

_KINDS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def complaint(value: Any, schema: Schema, schemas: Schemas) -> str | None:
    """Return what is wrong with a value as the end of a sentence that begins with its name; None if it fits."""
    if "ref" in schema:
        return complaint(value, schemas[schema["ref"]], schemas)
    branches = [each for word in ("oneOf", "anyOf") for each in schema.get(word, ())]
    if branches:
        return _of_branches(value, branches, schemas)
    for each in schema.get("allOf", ()):
        wrong = complaint(value, each, schemas)
        if wrong is not None:
            return wrong
    kinds = schema.get("type", list(_KINDS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(_KINDS[kind](value) for kind in kinds):
        return f" must be {' or '.join(map(_named, kinds))}, not {_named_value(value)}"
    return _of_words(value, schema) or _of_members(value, schema, schemas)


def fitting(value: Any, schema: Schema, example: Any, schemas: Schemas) -> Any:
    """Return a value whose objects are whole: what they leave out comes from an example, else from the schema's."""
    if not isinstance(value, dict):
        return value
    given = cast("dict[str, Any]", value)
    described = _of_object(schema, schemas)
    members: Mapping[str, Any] = described.get("properties", {})
    old = cast("dict[str, Any]", example) if isinstance(example, dict) else {}
    whole = {
        name: deepcopy(old[name]) if name in old else sample(members[name], schemas)
        for name in described.get("required", ())
        if name in members and name not in given
    }
    for name, inner in given.items():
        whole[name] = fitting(inner, members.get(name, {}), old.get(name), schemas)
    return whole


def sample(schema: Schema, schemas: Schemas) -> Any:
    """Return some value that fits: null where that does, else the specification's example."""
    if complaint(None, schema, schemas) is None:
        return None
    while "ref" in schema:
        schema = schemas[schema["ref"]]
    for word in ("const", "example"):
        if word in schema:
            return deepcopy(schema[word])
    if "enum" in schema:
        return schema["enum"][0]
    for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        return sample(each, schemas)
    return fitting({}, schema, None, schemas) if schema.get("type") == "object" else []


def _of_object(schema: Schema, schemas: Schemas) -> Schema:
    """Return the description of an object among what a value may be."""
    while "ref" in schema:
        schema = schemas[schema["ref"]]
    for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found = _of_object(each, schemas)
        if "properties" in found:
            return found
    return schema


def _of_branches(value: Any, branches: list[Schema], schemas: Schemas) -> str | None:
    complaints = [complaint(value, each, schemas) for each in branches]
    if None in complaints:
        return None
    told = [each for each in complaints if each is not None and not each.endswith(_named_value(value))]
    return (told or complaints)[0]


def _of_words(value: Any, schema: Schema) -> str | None:
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if allowed is not None and value not in allowed:
        return f" must be one of {', '.join(map(str, allowed))}, not {value!r}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)) or len(value) < schema.get("minLength", 0):
            return f" must have {schema.get('minLength', 0)} to {schema.get('maxLength', 'any number of')} characters"
        if "pattern" in schema and re.search(schema["pattern"], value) is None:
            return f" must look like {schema['pattern']}, not {value!r}"
        return None
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    if isinstance(value, int | float) and not isinstance(value, bool) and not least <= value <= most:
        return f" must be {least} to {most}, not {value}"
    return None


def _of_members(value: Any, schema: Schema, schemas: Schemas) -> str | None:
    if isinstance(value, list):
        items: list[Any] = cast(Any, value)
        for at, item in enumerate(items):
            wrong = complaint(item, schema.get("items", {}), schemas)
            if wrong is not None:
                return f"[{at}]{wrong}"
    if not isinstance(value, dict):
        return None
    given, members = cast("dict[str, Any]", value), schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in given:
            return f" lacks {name}"
    others = schema.get("additionalProperties", True)
    for name, inner in given.items():
        described = members.get(name, {} if others is True else others)
        if described is False:
            return f" has no member {name!r}"
        wrong = complaint(inner, described, schemas)
        if wrong is not None:
            return f".{name}{wrong}"
    return None


def _named(kind: str) -> str:
    return kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _named_value(value: Any) -> str:
    return next((_named(kind) for kind, holds in _KINDS.items() if holds(value)), type(value).__name__)
