"""What the spec lets an operation be called with, and an answer to it, made from the spec's own examples."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from _regenerate.paths import called, json_schema
from _regenerate.spec import Spec, load, resolve

ROOT = Path(__file__).parents[2]
CURSORS = ("starting_after", "ending_before")


class Sample(NamedTuple):
    """An operation with a value for each of its members; `required` names those of the body that must be there."""

    operation_id: str
    resource: str
    method: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    required: tuple[str, ...]
    status: int
    answer: Mapping[str, Any]

    @property
    def target(self) -> str:
        """The path with its ids."""
        return self.path.format(**self.ids)

    @property
    def arguments(self) -> dict[str, Any]:
        """Every member but a cursor that excludes another."""
        return {**{name: value for name, value in self.query.items() if name != CURSORS[1]}, **self.body}

    @property
    def fewest(self) -> dict[str, Any]:
        """The members that must be there."""
        return {name: self.body[name] for name in self.required}


@cache
def samples() -> Mapping[str, Sample]:
    """One for every operation of the spec that clients call, by operationId."""
    spec = load(ROOT / "spec" / "openapi.yaml")
    return {operation.id: _sample(spec, operation) for operation in called(spec)}


def _sample(spec: Spec, operation: Any) -> Sample:
    declared = operation.declared
    schema = json_schema(spec, declared["requestBody"]) if "requestBody" in declared else None
    resolved = {} if schema is None else resolve(spec, schema)
    ids = {each["name"]: str(each["example"]) for each in operation.parameters if each["in"] == "path"}
    status, answer = _answer(spec, declared)
    if declared.get("x-molam-same-id"):
        answer = {**answer, "id" if "id" in answer else "transaction_id": next(iter(ids.values()))}
    return Sample(
        operation_id=operation.id,
        resource=declared["tags"][0],
        method=operation.method.upper(),
        path=operation.path,
        ids=ids,
        query={each["name"]: each["example"] for each in operation.parameters if each["in"] == "query"},
        body={} if schema is None else _value(spec, resolved),
        required=tuple(resolved.get("required", ())),
        status=status,
        answer=answer,
    )


def _answer(spec: Spec, declared: Spec) -> tuple[int, dict[str, Any]]:
    status, referenced = next((s, r) for s, r in declared["responses"].items() if s.startswith("2"))
    examples = resolve(spec, referenced)["content"]["application/json"]["examples"]
    return int(status), resolve(spec, next(iter(examples.values())))["value"]


def _value(spec: Spec, referenced: Spec) -> Any:
    """A value of a schema with every member that it names."""
    schema = resolve(spec, referenced)
    if "properties" in schema:
        return {name: _value(spec, member) for name, member in schema["properties"].items()}
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    return schema["example"]
