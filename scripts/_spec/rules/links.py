"""Links lead somewhere: to an operation that exists, with parameters that it has, from members that the answer has."""

import re
from collections.abc import Iterator
from typing import Any

from _regenerate.paths import called, operations
from _regenerate.spec import Spec, is_array, is_object, resolve
from _spec.document import child, components, pointer_of, references
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_EXPRESSION = re.compile(r"\$response\.body#((?:/[A-Za-z0-9_~]+)+)")


def link_targets(spec: Spec, _: Options) -> Iterator[Flaw]:
    by_id = {operation.id: operation for operation in operations(spec)}
    for name, link in components(spec, "links").items():
        where = child("#/components/links", name)
        target = by_id.get(link.get("operationId", ""))
        if target is None:
            yield Flaw(where, f"leads to {link.get('operationId')!r}, which is no operation")
            continue
        given = set(link.get("parameters", {}))
        if unknown := sorted(given - set(target.named("path") + target.named("query"))):
            yield Flaw(where, f"{target.id} has no parameter {', '.join(unknown)}")
        if missing := sorted(set(target.named("path")) - given):
            yield Flaw(where, f"{target.id} needs {', '.join(missing)}")


def link_sources(spec: Spec, _: Options) -> Iterator[Flaw]:
    """Every expression of a link finds a member in every answer that has the link."""
    for operation in operations(spec):
        for status, response in operation.declared.get("responses", {}).items():
            answer = resolve(spec, response)
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            for name, link in answer.get("links", {}).items():
                where = child(pointer_of(operation), "responses", status, "links", name)
                for expression in resolve(spec, link).get("parameters", {}).values():
                    read = _EXPRESSION.fullmatch(str(expression))
                    if read is None or not _has(spec, schema, read[1].split("/")[1:]):
                        yield Flaw(where, f"{expression!r} finds nothing in the answer")


def links_reach(spec: Spec, _: Options) -> Iterator[Flaw]:
    """An operation on one object is of use to a stateful test only if some answer leads to it."""
    used = {
        resolve(spec, link).get("operationId")
        for operation in operations(spec)
        for response in operation.declared.get("responses", {}).values()
        for link in resolve(spec, response).get("links", {}).values()
    }
    for operation in called(spec):
        if operation.named("path") and operation.id not in used:
            yield Flaw(pointer_of(operation), f"no answer has a link to {operation.id}")


def unused_components(spec: Spec, options: Options) -> Iterator[Flaw]:
    used = {*references(spec), *_references_of_examples(spec), *_objects_of_events(spec)}
    for kind in options["kinds"]:
        for name in components(spec, kind):
            where = child("#/components", kind, name)
            if where not in used:
                yield Flaw(where, "is referred to from nowhere")


def _has(spec: Spec, schema: dict[str, Any], parts: list[str]) -> bool:
    for part in parts:
        declared = resolve(spec, schema)
        if part.isdigit() and "items" in declared:
            schema = declared["items"]
        elif part in declared.get("properties", {}):
            schema = declared["properties"][part]
        else:
            return False
    return True


def _objects_of_events(spec: Spec) -> Iterator[str]:
    """The schemas that webhooks name as those of their events' objects."""
    webhooks: dict[str, dict[str, Any]] = spec.get("webhooks", {})
    for item in webhooks.values():
        if "post" in item:
            yield child("#/components", "schemas", str(item["post"].get("x-event-object")))


def _references_of_examples(spec: Spec) -> Iterator[str]:
    """Those of media types, which the walk over schemas leaves out."""
    holders: list[Any] = [spec.get("paths", {}), spec.get("webhooks", {}), components(spec, "responses")]
    while holders:
        holder = holders.pop()
        if is_object(holder):
            examples = holder.get("examples", {})
            if is_object(examples):
                yield from (example["$ref"] for example in examples.values() if "$ref" in example)
            holders.extend(holder.values())
        elif is_array(holder):
            holders.extend(holder)


CHECKS: dict[str, Check] = {
    "link-targets": link_targets,
    "link-sources": link_sources,
    "links-reach": links_reach,
    "unused-components": unused_components,
}
