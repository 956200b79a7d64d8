"""What requests may hold: known members only, no defaults, nothing that cannot be stored."""

from collections.abc import Iterator
from typing import Any

from _regenerate.paths import called
from _regenerate.spec import Spec, is_object
from _spec.document import Schema, at, child, components, pointer_of, reachable, schemas
from _spec.finding import Flaw
from _spec.ruleset import Check, Options


def requests_closed(spec: Spec, _: Options) -> Iterator[Flaw]:
    for name in sorted(of_requests(spec)):
        declared = components(spec, "schemas")[name]
        is_map = is_object(declared.get("additionalProperties")) and not declared.get("properties")
        if declared.get("type") == "object" and not is_map and declared.get("additionalProperties") is not False:
            yield Flaw(child("#/components/schemas", name), "takes members that it does not know")


def no_defaults(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in _sent(spec):
        if "default" in schema.declared:
            yield Flaw(child(schema.pointer, "default"), "would be sent by clients, and so overwrite on an update")


def storable_text(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in _sent(spec):
        free = not {"pattern", "enum", "const", "format"} & schema.declared.keys()
        if "string" in schema.types and free:
            yield Flaw(schema.pointer, "takes any text, control characters included")


def write_only(spec: Spec, options: Options) -> Iterator[Flaw]:
    names = of_requests(spec)
    for schema in schemas(spec):
        if schema.role == "property" and schema.name in options["properties"] and _component(schema) in names:
            if schema.declared.get("writeOnly") is not True:
                yield Flaw(schema.pointer, f"{schema.name} is never shown again but is not marked writeOnly")
        elif schema.declared.get("writeOnly") and _component(schema) not in names:
            yield Flaw(schema.pointer, "is writeOnly in an answer")


def of_requests(spec: Spec) -> set[str]:
    """The component schemas that requests of clients are made of."""
    found: set[str] = set()
    for operation in called(spec):
        for part in ("requestBody", "parameters"):
            if part in operation.declared:
                found |= reachable(spec, child(pointer_of(operation), part))
    return found


def _sent(spec: Spec) -> Iterator[Schema]:
    """Every schema of requests: those of bodies, and those written with a parameter."""
    names = of_requests(spec)
    for schema in schemas(spec):
        if _component(schema) in names or _is_of_parameter(spec, schema):
            yield schema


def _component(schema: Schema) -> str:
    parts = schema.pointer.split("/")
    return parts[3] if parts[1:3] == ["components", "schemas"] else ""


def _is_of_parameter(spec: Spec, schema: Schema) -> bool:
    if schema.role != "content":
        return False
    holder = at(spec, schema.pointer.removesuffix("/schema"))
    return "in" in holder and not _comes_from_us(holder)


def _comes_from_us(parameter: dict[str, Any]) -> bool:
    """A header of webhook deliveries, which are requests too, but ours."""
    return str(parameter.get("name", "")).lower().startswith(("webhook-", "molam-signature"))


CHECKS: dict[str, Check] = {
    "requests-closed": requests_closed,
    "no-defaults": no_defaults,
    "storable-text": storable_text,
    "write-only": write_only,
}
