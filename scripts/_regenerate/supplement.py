"""What the stock generator leaves out of the package: a light front door, operations as data, the event type map."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from _regenerate.paths import Operation, called, operations
from _regenerate.spec import Spec, is_object, resolve

PACKAGE = "molam_api"
TEMPLATES = Path(__file__).with_name("templates")


class OperationRow(NamedTuple):
    """One row of molam_api.operations.OPERATIONS; the fields are documented there."""

    id: str
    method: str
    path: str
    resource: str
    module: str
    path_params: tuple[str, ...]
    success: tuple[int, ...]
    needs_idempotency_key: bool
    same_id: bool
    secret_request: bool
    secret_response: bool
    created_event: str | None
    retrieved_by: str | None


def operation_rows(spec: Spec) -> list[OperationRow]:
    """The operations of the spec that clients call, by id."""
    rows: list[OperationRow] = []
    events = event_objects(spec)
    for operation in called(spec):
        declared = operation.declared
        resource = declared["tags"][0]
        row = OperationRow(
            id=operation.id,
            method=operation.method.upper(),
            path=operation.path,
            resource=resource,
            module=f"{PACKAGE}.api.{resource}.{operation.id}",
            path_params=tuple(re.findall(r"{(\w+)}", operation.path)),
            success=tuple(sorted(int(status) for status in declared["responses"] if re.fullmatch(r"2\d\d", status))),
            needs_idempotency_key=declared.get("x-idempotency-key") == "required",
            same_id=declared.get("x-molam-same-id") is True,
            secret_request=declared.get("x-secret-request") is True,
            secret_response=declared.get("x-secret-response") is True,
            created_event=_created_event(operation, events),
            retrieved_by=_retrieved_by(operation, spec),
        )
        rows.append(row)
    return sorted(rows)


def _created_event(operation: Operation, events: Mapping[str, str]) -> str | None:
    """The event that the spec names for a creation; for `create_refund` it is `refund.created`, if there is one."""
    marked: str | None = operation.declared.get("x-molam-created-event")
    verb, _, noun = operation.id.partition("_")
    named = f"{noun}.created"
    return marked or (named if verb == "create" and named in events else None)


def _retrieved_by(operation: Operation, spec: Spec) -> str | None:
    """The operation that the spec names, or the `retrieve_` operation of the same tag if it answers the same.

    Of what is deleted it answers that it is gone, which no result has to fit.
    """
    if any(mark in operation.declared for mark in ("x-molam-created-event", "x-molam-retrieved-by")):
        marked: str | None = operation.declared.get("x-molam-retrieved-by")
        return marked
    beside = (each for each in operations(spec) if each.declared["tags"] == operation.declared["tags"])
    found = next((each for each in beside if each.id.startswith("retrieve_") and len(each.named("path")) == 1), None)
    return found.id if found is not None and (operation.method == "delete" or fits(spec, found, operation)) else None


def fits(spec: Spec, retrieval: Operation, operation: Operation) -> bool:
    """Whether what one operation answers has every member that the other one's result needs."""
    needed, given = answered(spec, operation), answered(spec, retrieval)
    members: Mapping[str, Any] = given.get("properties", {})
    return set(needed.get("required", ())) <= set(given.get("required", ())) and all(
        members.get(name, schema) == schema for name, schema in needed.get("properties", {}).items()
    )


def answered(spec: Spec, operation: Operation) -> Mapping[str, Any]:
    """The schema of what a success answers; empty if that is nothing."""
    for status, response in operation.declared["responses"].items():
        if re.fullmatch(r"2\d\d", status):
            schema = resolve(spec, response).get("content", {}).get("application/json", {}).get("schema", {})
            return dict(resolve(spec, schema))
    return {}


def event_objects(spec: Spec) -> dict[str, str]:
    """Event type -> name of the model of its `data.object`, by type."""
    return {
        event_type: operation["x-event-object"]
        for event_type, item in sorted(spec.get("webhooks", {}).items())
        for operation in item.values()
        if is_object(operation) and "x-event-object" in operation
    }


def add_to(package: Path, spec: Spec) -> None:
    """Write the supplements into the generated package."""
    environment = jinja2.Environment(  # noqa: S701  Python source, where HTML escaping would be a defect
        loader=jinja2.FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["literal"] = repr
    values = {"operations": operation_rows(spec), "events": event_objects(spec)}
    for template in sorted(TEMPLATES.glob("*.jinja")):
        text = environment.get_template(template.name).render(values)
        (package / template.stem).write_text(text, encoding="utf-8")
    (package / "py.typed").touch()
