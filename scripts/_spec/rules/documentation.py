"""Everything that a reader meets is described and shown by an example."""

from collections.abc import Iterator
from typing import Any

from _regenerate.paths import operations
from _regenerate.spec import Spec, resolve
from _spec.document import Schema, child, components, pointer_of, schemas
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_DESCRIBED_COMPONENTS = ("parameters", "headers", "responses", "links", "securitySchemes")
_DESCRIBED_ROLES = ("component", "property", "items", "values")


def described(spec: Spec, _: Options) -> Iterator[Flaw]:
    for pointer, holder in _describable(spec):
        if not str(holder.get("description", "")).strip():
            yield Flaw(pointer, "has no description")
    for operation in operations(spec):
        if not str(operation.declared.get("summary", "")).strip():
            yield Flaw(pointer_of(operation), "has no summary")


def exampled(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if schema.role in ("property", "items", "values") and _is_plain(schema) and not schema.declared.get("examples"):
            yield Flaw(schema.pointer, "has no examples")
        if "example" in schema.declared:
            yield Flaw(schema.pointer, "has `example`, which OpenAPI 3.1 gave up for the list `examples`")
    for pointer, parameter in _parameters_and_headers(spec):
        if "example" not in parameter:
            yield Flaw(pointer, "has no example")
    for operation in operations(spec):
        where = pointer_of(operation)
        if "requestBody" in operation.declared:
            yield from _content(child(where, "requestBody"), resolve(spec, operation.declared["requestBody"]))
        for status, response in operation.declared.get("responses", {}).items():
            if "$ref" not in response:
                yield from _content(child(where, "responses", status), response)
    for name, response in components(spec, "responses").items():
        yield from _content(child("#/components/responses", name), response)


def _describable(spec: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "#/info", spec["info"]
    for kind in ("tags", "servers"):
        for index, holder in enumerate(spec.get(kind, [])):
            yield child("#", kind, index), holder
    for kind in _DESCRIBED_COMPONENTS:
        for name, holder in components(spec, kind).items():
            yield child("#/components", kind, name), holder
    for operation in operations(spec):
        where = pointer_of(operation)
        yield where, operation.declared
        for index, parameter in enumerate(operation.declared.get("parameters", [])):
            yield child(where, "parameters", index), resolve(spec, parameter)
        if "requestBody" in operation.declared:
            yield child(where, "requestBody"), resolve(spec, operation.declared["requestBody"])
        for status, response in operation.declared.get("responses", {}).items():
            yield child(where, "responses", status), resolve(spec, response)
    for name, item in spec.get("webhooks", {}).items():
        for method, declared in item.items():
            yield child("#/webhooks", name, method), declared
    for schema in schemas(spec):
        if schema.role in _DESCRIBED_ROLES:
            yield schema.pointer, {**resolve(spec, schema.declared), **schema.declared}


def _parameters_and_headers(spec: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("parameters", "headers"):
        for name, holder in components(spec, kind).items():
            yield child("#/components", kind, name), holder
    for operation in operations(spec):
        for index, parameter in enumerate(operation.declared.get("parameters", [])):
            if "$ref" not in parameter:
                yield child(pointer_of(operation), "parameters", index), parameter


def _content(pointer: str, holder: dict[str, Any]) -> Iterator[Flaw]:
    for media_type, media in holder.get("content", {}).items():
        if not media.get("examples") and "example" not in media:
            yield Flaw(child(pointer, "content", media_type), "has no example")


def _is_plain(schema: Schema) -> bool:
    """Neither a reference nor a choice of references: their targets have the examples."""
    return not {"$ref", "oneOf"} & schema.declared.keys()


CHECKS: dict[str, Check] = {"described": described, "exampled": exampled}
