"""Shapes that openapi-python-client drops, renames or gets wrong, most of them without a word.

Source: runs of openapi-python-client 0.29.1 on one spec per shape; look again when its pin moves.
"""

import re
from collections.abc import Iterator
from typing import Any

from _regenerate import shapes
from _regenerate.paths import operations
from _regenerate.spec import Spec, resolve
from _spec.document import Schema, child, components, pointer_of, references, schemas
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_REFERENCE = re.compile(r"#/components/[A-Za-z]+/[A-Za-z0-9_.-]+")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_NULL = {"type": "null"}


def generator_shapes(spec: Spec, _: Options) -> Iterator[Flaw]:
    """What scripts/regenerate refuses by itself, told here with everything else."""
    for reason in shapes.refused(spec):
        yield Flaw("#", reason)


def generator_references(spec: Spec, _: Options) -> Iterator[Flaw]:
    for reference in sorted(set(references(spec))):
        if not _REFERENCE.fullmatch(reference):
            yield Flaw("#", f"$ref {reference!r} does not name a component, so what it points to comes out untyped")


def generator_schemas(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if schema.boolean:
            yield Flaw(schema.pointer, "is a boolean schema, which stops the generator")
        elif "$ref" not in schema.declared:
            for problem in _problems(schema):
                yield Flaw(schema.pointer, problem)


def generator_enums(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if "enum" not in schema.declared:
            continue
        values: list[Any] = schema.declared["enum"]
        if not all(isinstance(value, str) for value in values):
            yield Flaw(schema.pointer, "is an enum with values that are not strings (null included)")
        elif len({value.lower() for value in values}) < len(values):
            yield Flaw(schema.pointer, "is an enum with values equal up to case, which crashes the generator")
        elif "x-enum-varnames" not in schema.declared and not all(map(_IDENTIFIER.fullmatch, values)):
            yield Flaw(schema.pointer, "is an enum with values that give no names in Python")


def generator_contents(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        for status, response in operation.declared.get("responses", {}).items():
            found = list(resolve(spec, response).get("content", {}))
            if len(found) != 1 or found[0] not in options["media_types"]:
                where = child(pointer_of(operation), "responses", status)
                yield Flaw(where, f"has the content types {found}, not one of {', '.join(options['media_types'])}")


def generator_headers(spec: Spec, _: Options) -> Iterator[Flaw]:
    for name, parameter in components(spec, "parameters").items():
        declared = resolve(spec, parameter.get("schema", {}))
        if parameter.get("in") == "header" and (declared.get("type") in ("array", "object") or "enum" in declared):
            yield Flaw(child("#/components/parameters", name), "is a header that is not a plain string or integer")


def _problems(schema: Schema) -> Iterator[str]:
    declared = schema.declared
    if {"allOf", "anyOf", "discriminator"} & declared.keys():
        yield "uses allOf, anyOf or discriminator, which narrow nothing in the generated model"
    if "$defs" in declared:
        yield "has $defs, which come out untyped"
    branches = declared.get("oneOf")
    if branches is not None and (len(branches) != 2 or branches[1] != _NULL or "$ref" not in branches[0]):
        yield "is a oneOf other than a reference or null, of which the first that fits would win"
    if branches is None and "type" not in declared and "const" not in declared:
        yield "has no type"
    if declared.get("type") == "array" and "items" not in declared:
        yield "is an array without items, which removes the model"
    if schema.role != "component" and "object" in schema.types:
        yield "is an object without a name, which gives the model a made-up one"
    if len(schema.types) > 1 and schema.types[1:] != ["null"]:
        yield "has a list of types other than one and null"


CHECKS: dict[str, Check] = {
    "generator-shapes": generator_shapes,
    "generator-references": generator_references,
    "generator-schemas": generator_schemas,
    "generator-enums": generator_enums,
    "generator-contents": generator_contents,
    "generator-headers": generator_headers,
}
