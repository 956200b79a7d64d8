"""The webhooks section is the list of event types, and every delivery is an Event about the object that it names."""

import re
from collections.abc import Iterator
from typing import Any

from _regenerate.spec import Spec, resolve
from _spec.document import at, child, components
from _spec.finding import Flaw
from _spec.rules.examples import problems
from _spec.ruleset import Check, Options

_EVENT = {"$ref": "#/components/schemas/Event"}
_JSON = "application/json"


def webhook_deliveries(spec: Spec, options: Options) -> Iterator[Flaw]:
    event_type = re.compile(options["pattern"])
    for name, where, declared in _deliveries(spec):
        if not event_type.fullmatch(name):
            yield Flaw(where, f"{name!r} is not an object, a dot and what happened")
        body = declared.get("requestBody", {})
        if body.get("content", {}).get(_JSON, {}).get("schema") != _EVENT or not body.get("required"):
            yield Flaw(where, "does not require an Event as its body")
        if list(declared.get("responses", {})) != ["2XX"]:
            yield Flaw(where, "does not say that any 2XX means received")
        given = [each.get("$ref", "").rpartition("/")[2] for each in declared.get("parameters", [])]
        if missing := [each for each in options["parameters"] if each not in given]:
            yield Flaw(where, f"lacks the headers {', '.join(missing)}")


def webhook_objects(spec: Spec, _: Options) -> Iterator[Flaw]:
    for name, where, declared in _deliveries(spec):
        model = declared.get("x-event-object")
        if model not in components(spec, "schemas"):
            yield Flaw(where, f"x-event-object is {model!r}, which is no schema")
            continue
        content = declared.get("requestBody", {}).get("content", {}).get(_JSON, {})
        schema = {"$ref": f"#/components/schemas/{model}"}
        for title, example in content.get("examples", {}).items():
            carried = resolve(spec, example).get("value", {}).get("data", {}).get("object")
            if problem := next(problems(spec, schema, carried), None):
                yield Flaw(where, f"the example {title} of {name} does not carry a {model}: {problem}")


def event_types(spec: Spec, options: Options) -> Iterator[Flaw]:
    """The requests that name event types take exactly those of the webhooks section."""
    known = {name for name, _, _ in _deliveries(spec)}
    for pointer in options["patterns"]:
        pattern = re.compile(at(spec, pointer).get("pattern", ""))
        if refused := sorted(name for name in known if not pattern.fullmatch(name)):
            yield Flaw(pointer, f"refuses the event type {', '.join(refused)}")
        objects = {name.partition(".")[0] for name in known}
        verbs = {name.partition(".")[2] for name in known} - {""}
        made_up = {*objects, *(f"{thing}.{verb}" for thing in objects for verb in verbs)} - known
        if taken := sorted(name for name in made_up if pattern.fullmatch(name)):
            yield Flaw(pointer, f"takes {', '.join(taken)}, which is no event type")


def _deliveries(spec: Spec) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, item in spec.get("webhooks", {}).items():
        for method, declared in item.items():
            yield name, child("#/webhooks", name, method), declared


CHECKS: dict[str, Check] = {
    "webhook-deliveries": webhook_deliveries,
    "webhook-objects": webhook_objects,
    "event-types": event_types,
}
