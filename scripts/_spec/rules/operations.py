"""What every operation carries: security, its headers, its marks, and the parameters of a list."""

from collections.abc import Iterator
from typing import Any

from _regenerate.paths import Operation, called, operations
from _regenerate.spec import Spec, resolve
from _regenerate.supplement import fits
from _spec.document import child, components, pointer_of
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_PARAMETERS = "#/components/parameters/"
_KEY = "IdempotencyKey"


def security(spec: Spec, options: Options) -> Iterator[Flaw]:
    if "security" in spec:
        yield Flaw("#/security", "is for all operations, which the generator does not enforce")
    for operation in operations(spec):
        required: list[dict[str, Any]] = operation.declared.get("security", [])
        is_open = not required or not all(required)
        if is_open and (operation.id not in options["open"] or "security" not in operation.declared):
            yield Flaw(pointer_of(operation), "can be called without security")
        for scheme in (name for each in required for name in each):
            if scheme not in components(spec, "securitySchemes"):
                yield Flaw(child(pointer_of(operation), "security"), f"{scheme!r} is not a declared scheme")


def idempotency(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        where = pointer_of(operation)
        has_key = _KEY in _shared_parameters(operation)
        if mutates(operation) and operation.id not in options["without"]:
            if not has_key:
                yield Flaw(where, "changes something but has no Idempotency-Key parameter")
            if not keyed(operation):
                yield Flaw(where, "changes something but is not marked `x-idempotency-key: required`")
        elif has_key or "x-idempotency-key" in operation.declared:
            yield Flaw(where, "only reads, or needs none, but asks for an idempotency key")
    if components(spec, "parameters").get(_KEY, {}).get("required") is not True:
        yield Flaw(_PARAMETERS + _KEY, "is not required")


def shared_headers(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in called(spec):
        for name in options["parameters"]:
            if name not in _shared_parameters(operation):
                yield Flaw(pointer_of(operation), f"lacks the parameter {name}")


def inbound(spec: Spec, options: Options) -> Iterator[Flaw]:
    """The mark keeps an operation out of the SDK, and out of what the SDK's calls have to carry."""
    for operation in operations(spec):
        received = operation.id.startswith(options["prefix"])
        if received and not operation.is_inbound:
            yield Flaw(pointer_of(operation), "is called by providers but is not marked `x-molam-inbound: true`")
        if not received and "x-molam-inbound" in operation.declared:
            yield Flaw(pointer_of(operation), "is marked x-molam-inbound but is not called by providers")


def same_id(spec: Spec, options: Options) -> Iterator[Flaw]:
    """The mark tells the SDK to compare the answer's id with the path's."""
    for operation in operations(spec):
        marked = operation.declared.get("x-molam-same-id")
        of_an_object = bool(operation.named("path")) and operation.id not in options["named"]
        answers_the_object = operation.id.split("_")[0] in options["verbs"] and of_an_object
        if answers_the_object and marked is not True:
            yield Flaw(
                pointer_of(operation), "answers the object in its path but is not marked `x-molam-same-id: true`"
            )
        if not answers_the_object and marked is not None:
            yield Flaw(pointer_of(operation), "is marked x-molam-same-id but does not answer the object in its path")


def secret_response(spec: Spec, options: Options) -> Iterator[Flaw]:
    return _secret(spec, options, "x-secret-response", "answers")


def secret_request(spec: Spec, options: Options) -> Iterator[Flaw]:
    return _secret(spec, options, "x-secret-request", "is sent")


def _secret(spec: Spec, options: Options, mark: str, does: str) -> Iterator[Flaw]:
    for operation in operations(spec):
        marked = operation.declared.get(mark)
        if operation.id in options["operations"] and marked is not True:
            yield Flaw(pointer_of(operation), f"{does} a secret but is not marked `{mark}: true`")
        if operation.id not in options["operations"] and marked is not None:
            yield Flaw(pointer_of(operation), f"is marked {mark} but {does} no secret")


def retrieved_by(spec: Spec, _: Options) -> Iterator[Flaw]:
    """The SDK reads what a call returned from the answer of this operation."""
    by_id = {operation.id: operation for operation in operations(spec)}
    for operation in operations(spec):
        named = operation.declared.get("x-molam-retrieved-by")
        where = child(pointer_of(operation), "x-molam-retrieved-by")
        if named is not None and named not in by_id:
            yield Flaw(where, f"names {named!r}, which is no operation")
        elif named is not None and not fits(spec, by_id[named], operation):
            yield Flaw(where, f"names {named}, which answers something else than this operation")


def lists(spec: Spec, options: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        if not operation.id.startswith("list_"):
            continue
        numbered: Options = options["numbered"]
        wanted = numbered if operation.path.startswith(numbered["path"]) else options
        for name in wanted["parameters"]:
            if name not in _shared_parameters(operation):
                yield Flaw(pointer_of(operation), f"is a list but lacks the parameter {name}")
        answer = operation.declared.get("responses", {}).get("200", {})
        schema = resolve(spec, answer.get("content", {}).get("application/json", {}).get("schema", {}))
        if list(schema.get("properties", {})) != wanted["properties"]:
            where = child(pointer_of(operation), "responses", "200")
            yield Flaw(where, f"is a list but does not answer {', '.join(wanted['properties'])}")


def body_required(spec: Spec, _: Options) -> Iterator[Flaw]:
    for operation in operations(spec):
        body = operation.declared.get("requestBody")
        where = child(pointer_of(operation), "requestBody")
        if body is not None and resolve(spec, body).get("required") is not True:
            yield Flaw(where, "is optional, so that no body and `{}` would be two forms of one call")
        if body is not None and operation.method in ("get", "delete"):
            yield Flaw(where, f"{operation.method.upper()} has no body")


def mutates(operation: Operation) -> bool:
    return operation.method not in ("get", "head", "options")


def keyed(operation: Operation) -> bool:
    return operation.declared.get("x-idempotency-key") == "required"


def _shared_parameters(operation: Operation) -> list[str]:
    return [each.get("$ref", "").removeprefix(_PARAMETERS) for each in operation.declared.get("parameters", [])]


CHECKS: dict[str, Check] = {
    "security": security,
    "idempotency": idempotency,
    "shared-headers": shared_headers,
    "inbound": inbound,
    "same-id": same_id,
    "secret-request": secret_request,
    "secret-response": secret_response,
    "retrieved-by": retrieved_by,
    "lists": lists,
    "body-required": body_required,
}
