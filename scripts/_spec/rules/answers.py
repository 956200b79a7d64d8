"""Each operation declares every status that it can answer, with the headers and the content that belong to it."""

from collections.abc import Iterator
from typing import Any

from _regenerate.paths import Operation, operations
from _regenerate.spec import Spec, resolve
from _spec.document import child, components, pointer_of
from _spec.finding import Flaw
from _spec.rules.operations import keyed, mutates
from _spec.ruleset import Check, Options

_PROBLEM = "application/problem+json"
_SCHEMA_OF_PROBLEMS = {"$ref": "#/components/schemas/Problem"}


def statuses(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        expected = _expected(operation, options)
        declared = set(operation.declared.get("responses", {}))
        where = child(pointer_of(operation), "responses")
        if missing := sorted(expected - declared):
            yield Flaw(where, f"{operation.id} can also answer {', '.join(missing)}")
        if extra := sorted(declared - expected):
            yield Flaw(where, f"{operation.id} never answers {', '.join(extra)}")


def problems(spec: Spec, _: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        for status, response in operation.declared.get("responses", {}).items():
            if not status.startswith("2") and "$ref" not in response:
                where = child(pointer_of(operation), "responses", status)
                yield Flaw(where, "is an error written in place instead of one under components/responses")
    for name, response in components(spec, "responses").items():
        content = response.get("content", {})
        where = child("#/components/responses", name)
        if list(content) != [_PROBLEM] or content[_PROBLEM].get("schema") != _SCHEMA_OF_PROBLEMS:
            yield Flaw(where, f"is an error but not a Problem as {_PROBLEM}")


def headers(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        for status, response in operation.declared.get("responses", {}).items():
            where = child(pointer_of(operation), "responses", status)
            wanted = list(options["inbound" if operation.is_inbound else "always"])
            if keyed(operation) and status.startswith("2"):
                wanted += options["replayed"]
            yield from _lacking(where, resolve(spec, response), [*wanted, *options["by_status"].get(status, [])])
    for name in options["never_required"]:
        if components(spec, "headers").get(name, {}).get("required"):
            yield Flaw(child("#/components/headers", name), "is not in every answer, so it must not be required")


def _expected(operation: Operation, options: Options) -> set[str]:
    if operation.is_inbound:
        return set(options["inbound"])
    creates = operation.id.startswith("create_") or operation.id in options["creations"]
    expected = {"201" if creates else "200", *options["always"]}
    if mutates(operation):
        expected.update(options["mutations"])
    if keyed(operation):
        expected.update(options["keyed"])
    if "requestBody" in operation.declared:
        expected.update(options["with_body"])
    expected.update(status for status, ids in options["only"].items() if operation.id in ids)
    return expected


def _lacking(pointer: str, response: dict[str, Any], names: list[str]) -> Iterator[Flaw]:
    declared = response.get("headers", {})
    if missing := [name for name in names if name not in declared]:
        yield Flaw(pointer, f"lacks the response header {', '.join(missing)}")


CHECKS: dict[str, Check] = {"statuses": statuses, "problems": problems, "answer-headers": headers}
