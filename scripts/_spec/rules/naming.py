"""Names follow one pattern each, so that both languages of the API (wire and SDK) can be guessed."""

import re
from collections.abc import Iterator

from _regenerate.paths import operations
from _regenerate.spec import Spec, resolve
from _spec.document import child, components, pointer_of, schemas
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_KINDS_IN_PASCAL_CASE = ("schemas", "parameters", "headers", "responses", "links")


def operation_id(spec: Spec, options: Options) -> Iterator[Flaw]:
    pattern = re.compile(rf"(?:{'|'.join(options['verbs'])})_[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
    seen: dict[str, str] = {}
    for operation in operations(spec):
        where = child(pointer_of(operation), "operationId")
        if not pattern.fullmatch(operation.id):
            yield Flaw(where, f"{operation.id!r} is not one of the verbs, an underscore and a noun")
        if operation.id in seen:
            yield Flaw(where, f"{operation.id!r} is also that of {seen[operation.id]}")
        seen[operation.id] = operation.where


def one_tag(spec: Spec, _: Options) -> Iterator[Flaw]:
    declared = [tag["name"] for tag in spec.get("tags", [])]
    used: set[str] = set()
    for operation in operations(spec):
        tags = operation.declared.get("tags", [])
        used.update(tags)
        if len(tags) != 1:
            yield Flaw(pointer_of(operation), f"has {len(tags)} tags")
        for tag in tags:
            if tag not in declared:
                yield Flaw(child(pointer_of(operation), "tags"), f"{tag!r} is not declared under `tags`")
    for index, tag in enumerate(declared):
        if tag not in used:
            yield Flaw(child("#/tags", index), f"no operation has the tag {tag!r}")


def snake_case(spec: Spec, options: Options) -> Iterator[Flaw]:
    pattern = re.compile(options["pattern"])
    for schema in schemas(spec):
        if schema.role == "property" and not pattern.fullmatch(schema.name):
            yield Flaw(schema.pointer, f"the property {schema.name!r} is not snake_case")
    for operation in operations(spec):
        for location in ("path", "query"):
            for name in operation.named(location):
                if not pattern.fullmatch(name):
                    yield Flaw(pointer_of(operation), f"the {location} parameter {name!r} is not snake_case")
        for segment in operation.path.strip("/").split("/"):
            if not pattern.fullmatch(segment.removeprefix("{").removesuffix("}")):
                yield Flaw(child("#/paths", operation.path), f"the path segment {segment!r} is not snake_case")


def pascal_case(spec: Spec, options: Options) -> Iterator[Flaw]:
    pattern = re.compile(options["pattern"])
    for kind in _KINDS_IN_PASCAL_CASE:
        for name in components(spec, kind):
            if not pattern.fullmatch(name):
                yield Flaw(child("#/components", kind, name), f"{name!r} is not PascalCase")


def named_enums(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if schema.role != "component" and "enum" in schema.declared:
            yield Flaw(schema.pointer, "is an enum without a name")


def times(spec: Spec, options: Options) -> Iterator[Flaw]:
    name = re.compile(options["pattern"])
    for schema in schemas(spec):
        if schema.role == "property":
            yield from _time(schema.pointer, schema.name, schema.declared.get("format"), name)
    for operation in operations(spec):
        for parameter in operation.parameters:
            declared = resolve(spec, parameter.get("schema", {}))
            yield from _time(pointer_of(operation), parameter["name"], declared.get("format"), name)


def _time(pointer: str, name: str, declared_format: object, pattern: re.Pattern[str]) -> Iterator[Flaw]:
    named_as_time = pattern.fullmatch(name) is not None
    if named_as_time and declared_format != "date-time":
        yield Flaw(pointer, f"{name!r} is named as a time but its format is not date-time")
    if not named_as_time and declared_format in ("date-time", "date", "time"):
        yield Flaw(pointer, f"{name!r} is a time but its name does not end in _at")


CHECKS: dict[str, Check] = {
    "operation-id": operation_id,
    "one-tag": one_tag,
    "snake-case": snake_case,
    "pascal-case": pascal_case,
    "named-enums": named_enums,
    "times": times,
}
