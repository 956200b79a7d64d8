"""What answers hold: every member always there, room for new ones, ids that say whose they are."""

from collections.abc import Iterator
from typing import Any

from _regenerate.paths import operations
from _regenerate.spec import Spec
from _spec.document import child, components, pointer_of, reachable
from _spec.finding import Flaw
from _spec.rules.requests import of_requests
from _spec.ruleset import Check, Options

_SCHEMAS = "#/components/schemas"


def responses_required(spec: Spec, _: Options) -> Iterator[Flaw]:
    for name, declared in _objects(spec):
        if missing := [each for each in declared.get("properties", {}) if each not in declared.get("required", [])]:
            yield Flaw(child(_SCHEMAS, name), f"may lack {', '.join(missing)}")


def responses_open(spec: Spec, _: Options) -> Iterator[Flaw]:
    for name, declared in _objects(spec):
        if declared.get("additionalProperties") is False:
            yield Flaw(child(_SCHEMAS, name), "forbids members that later versions may add")


def own_schemas(spec: Spec, _: Options) -> Iterator[Flaw]:
    both = _of_answers(spec) & of_requests(spec)
    for name in sorted(both):
        if components(spec, "schemas")[name].get("properties"):
            yield Flaw(child(_SCHEMAS, name), "is in requests, where it is closed, and in answers, where it is open")


def object_names(spec: Spec, options: Options) -> Iterator[Flaw]:
    """An object that says what it is also says whether it is real."""
    for name, declared in _objects(spec):
        properties = declared.get("properties", {})
        where = child(_SCHEMAS, name)
        if "const" not in properties.get("object", {}):
            continue
        for wanted in options["beside_object"]:
            if wanted not in properties and properties["object"]["const"] != "list":
                yield Flaw(where, f"has `object` but no `{wanted}`")


def ids(spec: Spec, options: Options) -> Iterator[Flaw]:
    for name, declared in _objects(spec):
        wanted = {
            member: prefix for member, prefix in options["members"].items() if member in declared.get("properties", {})
        }
        if name in options["prefixes"]:
            wanted["id"] = options["prefixes"][name]
        elif "id" in declared.get("properties", {}) and "const" in declared["properties"].get("object", {}):
            yield Flaw(child(_SCHEMAS, name), "has an id whose prefix is not in the ruleset")
        for member, prefix in wanted.items():
            pattern = declared["properties"][member].get("pattern")
            if pattern != f"^{prefix}_[0-9A-Za-z]+$":
                yield Flaw(
                    child(_SCHEMAS, name, "properties", member),
                    f"has the pattern {pattern!r}, not that of {prefix}_ ids",
                )


def masked_secrets(spec: Spec, options: Options) -> Iterator[Flaw]:
    for name, declared in _objects(spec):
        for member, value in declared.get("properties", {}).items():
            if member in options["properties"] and value.get("format") != "password":
                yield Flaw(child(_SCHEMAS, name, "properties", member), "would be shown by the model's repr")


def _of_answers(spec: Spec) -> set[str]:
    """The component schemas that answers and webhook deliveries are made of."""
    found: set[str] = reachable(spec, "#/webhooks") if "webhooks" in spec else set()
    for operation in operations(spec):
        found |= reachable(spec, child(pointer_of(operation), "responses"))
    return found


def _objects(spec: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in sorted(_of_answers(spec) - of_requests(spec)):
        declared = components(spec, "schemas")[name]
        if declared.get("type") == "object":
            yield name, declared


CHECKS: dict[str, Check] = {
    "responses-required": responses_required,
    "responses-open": responses_open,
    "own-schemas": own_schemas,
    "object-names": object_names,
    "ids": ids,
    "masked-secrets": masked_secrets,
}
