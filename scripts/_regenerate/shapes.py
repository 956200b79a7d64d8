"""The spec shapes that the generator drops or gets wrong without a word, refused before it runs.

Source: runs of openapi-python-client 0.29.1 on one spec per shape; look again when its pin moves.
"""

import keyword
import re
from collections.abc import Iterator
from typing import Any

from _regenerate.paths import Operation, operations
from _regenerate.spec import Spec, is_object, resolve

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_LOCALS = {"body", "client", "headers", "kwargs", "params", "response"}
_METHODS_OF_MODELS = {"additional_keys", "additional_properties", "from_dict", "to_dict"}


def refused(spec: Spec) -> list[str]:
    """One line per shape that cannot be generated faithfully, saying what to write instead."""
    return [*_path_items(spec), *_operations(spec), *_schemas(spec), *_webhooks(spec)]


def _path_items(spec: Spec) -> Iterator[str]:
    for path, item in spec.get("paths", {}).items():
        if "$ref" in item:
            yield f"{path}: a $ref path item is left out of the client: write it in place"


def _operations(spec: Spec) -> Iterator[str]:
    seen: dict[str, str] = {}
    for operation in operations(spec):
        where = operation.where
        if not _NAME.match(operation.id) or keyword.iskeyword(operation.id):
            yield f"{where}: operationId {operation.id!r} must be snake_case, since it names a module"
        elif operation.id in seen:
            yield f"{where}: operationId {operation.id!r} is already that of {seen[operation.id]}"
        seen[operation.id] = where
        tags = operation.declared.get("tags", [])
        if len(tags) != 1 or not _NAME.match(tags[0]):
            yield f"{where}: needs exactly one tag, in snake_case, since it names a package"
        for parameter in operation.parameters:
            yield from _parameter(operation, parameter, spec)
        if "requestBody" in operation.declared:
            content = list(resolve(spec, operation.declared["requestBody"]).get("content", {}))
            if content != ["application/json"]:
                yield f"{where}: the request body must be application/json and nothing else, not {content}"


def _parameter(operation: Operation, parameter: dict[str, Any], spec: Spec) -> Iterator[str]:
    name, location = parameter["name"], parameter["in"]
    label = f"{operation.where}: {location} parameter {name!r}"
    schema = resolve(spec, parameter.get("schema", {}))
    if "schema" not in parameter:
        yield f"{label} is left out of the client: describe it with schema, not content"
    if location == "cookie":
        yield f"{label}: cookies are not sent by the client"
    if location in ("path", "query") and not _NAME.match(name):
        yield f"{label} must be snake_case, since it names an argument"
    if name in _LOCALS:
        yield f"{label} would be overwritten by a variable of the client: choose another name"
    if schema.get("type") == "object" or parameter.get("style") == "deepObject":
        yield f"{label} would be sent flattened: write one parameter per member"
    if schema.get("type") == "array" and parameter.get("explode") is False:
        yield f"{label} would be sent as repeated keys all the same: leave out explode: false"
    if location == "header" and schema.get("format") in ("date", "date-time"):
        yield f"{label} would drop the operation: describe it as a plain string"


def _schemas(spec: Spec) -> Iterator[str]:
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        if "$defs" in schema:
            yield f"schema {name}: $defs come out untyped: name them under components/schemas"
        for member, declared in schema.get("properties", {}).items():
            if member in _METHODS_OF_MODELS:
                yield f"schema {name}: the property {member!r} hides a method of the model"
            if declared.get("type") == "object":
                yield f"schema {name}: the object {member!r} would get a made-up name: put it under components/schemas"
        for holder in (schema, *schema.get("properties", {}).values()):
            for combined in ("oneOf", "anyOf"):
                models = [each for each in holder.get(combined, []) if "properties" in resolve(spec, each)]
                if len(models) > 1:
                    yield f"schema {name}: of the objects in {combined} the first that fits wins: write one object"


def _webhooks(spec: Spec) -> Iterator[str]:
    schemas = spec.get("components", {}).get("schemas", {})
    for event_type, item in spec.get("webhooks", {}).items():
        for operation in item.values():
            model = operation.get("x-event-object") if is_object(operation) else None
            if model not in schemas:
                yield f"webhook {event_type}: x-event-object is {model!r}, which is no schema"
