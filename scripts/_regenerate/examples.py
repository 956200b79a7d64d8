"""What each operation may answer, as data: an example of its success, and the schemas that an answer has to fit."""

import json
import re
from typing import Any

from _regenerate.paths import Operation, called
from _regenerate.spec import Spec, is_object, resolve
from _regenerate.supplement import event_objects

_KEPT = (
    "type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "required",
    "allOf", "anyOf", "oneOf", "properties", "items", "additionalProperties",
)  # fmt: skip
"""The words of a schema that decide what fits it; `if`, `then` and `else` tell receivers apart, not answers."""

_REFERENCE = "#/components/schemas/"


def to_json(spec: Spec) -> bytes:
    """The examples as JSON bytes, an operation or a schema to a line: same spec, same bytes."""
    operations = {each.id: _operation(spec, each) for each in called(spec)}
    schemas: dict[str, Any] = {}
    wanted = ["Event", *event_objects(spec).values(), *(row["schema"] for row in operations.values())]
    while wanted:
        name = wanted.pop()
        declared = spec.get("components", {}).get("schemas", {}).get(name)
        if name not in schemas and declared is not None:
            schemas[name] = _condensed(declared, wanted)
    parts = [f'"{title}": {{\n{_lines(rows)}\n}}' for title, rows in (("operations", operations), ("schemas", schemas))]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _lines(rows: dict[str, Any]) -> str:
    encoded = {name: json.dumps(row, ensure_ascii=False, separators=(",", ":")) for name, row in sorted(rows.items())}
    return ",\n".join(f"{json.dumps(name)}: {row}" for name, row in encoded.items())


def _operation(spec: Spec, operation: Operation) -> dict[str, Any]:
    for status, declared in sorted(operation.declared["responses"].items()):
        if re.fullmatch(r"2\d\d", status):
            content = resolve(spec, declared).get("content", {}).get("application/json", {})
            examples = [resolve(spec, each)["value"] for each in content.get("examples", {}).values()]
            name = str(content.get("schema", {}).get("$ref", "")).removeprefix(_REFERENCE)
            return {"status": int(status), "schema": name, "example": examples[0] if examples else None}
    return {"status": 204, "schema": "", "example": None}


def _condensed(schema: Any, wanted: list[str]) -> Any:
    """What is left of a schema; the names that it refers to are added to `wanted`."""
    if not is_object(schema):
        return schema
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_REFERENCE)
        wanted.append(name)
        return {"ref": name}
    kept: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    for name in ("allOf", "anyOf", "oneOf"):
        if name in kept:
            kept[name] = [_condensed(each, wanted) for each in kept[name]]
    for name in ("items", "additionalProperties"):
        if name in kept:
            kept[name] = _condensed(kept[name], wanted)
    if "properties" in kept:
        kept["properties"] = {name: _condensed(each, wanted) for name, each in kept["properties"].items()}
    if schema.get("examples"):
        kept["example"] = schema["examples"][0]
    return kept
