"""The reference is complete: it has the rows that the clients, the generated client and the spec give."""

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Any, is_typeddict

import pytest
import yaml
from attrs import fields, has

from molam_api import models
from molam_api.event_types import EVENT_OBJECTS
from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient, durable, testing
from molam_sdk.journal import Recovered
from molam_sdk.testing import plugin

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "docs" / "reference.md").read_text("utf-8").splitlines()
RESOURCES = sorted({operation.resource.replace("gateway_", "gateway.") for operation in OPERATIONS.values()})
EVERYWHERE = {"idempotency_key", "limit", "page", "starting_after", "ending_before", "created_at_gte", "created_at_lte"}
"""Arguments that the reference explains once."""

METHOD_OF = {
    "rotate_webhook_secret": "rotate_secret",
    "redrive_webhook_deliveries": "redrive_many",
    "create_realtime_ticket": "create_ticket",
    "retrieve_sandbox_ledger": "retrieve_ledger",
    "advance_clock": "advance_clock",
    "inject_fault": "inject_fault",
    "trigger_event": "trigger_event",
    "get_liveness": "live",
    "retrieve_provider_configuration": "retrieve_configuration",
    "get_readiness": "ready",
}
"""Methods that are called more than the first word of their operation."""


@pytest.fixture(scope="module")
def client() -> Iterator[MolamClient]:
    with MolamClient(api_key="sk_test_reference", api_base="http://127.0.0.1:8080") as made:
        yield made


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    start = LINES.index(heading)
    end = next((at for at, line in enumerate(LINES) if at > start and line.startswith("## ")), len(LINES))
    table = [line for line in LINES[start:end] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def arguments(method: Any) -> str:
    """The arguments of a method as the reference writes them: what must be given in bold."""
    named = [p for p in inspect.signature(method).parameters.values() if p.name not in EVERYWHERE]
    return ", ".join(f"**{p.name}**" if p.default is p.empty else p.name for p in named)


def test_every_method_stands_there_with_its_arguments_and_request(client: MolamClient) -> None:
    expected = set[tuple[str, str, str]]()
    for id, operation in OPERATIONS.items():
        name = METHOD_OF.get(id, id.partition("_")[0])
        resource = operation.resource.replace("gateway_", "gateway.")
        method = attrgetter(f"{resource}.{name}")(client)
        request = f"`{operation.method} {operation.path}`"
        expected.add((f"`{resource}.{name}`", arguments(method), request))
    assert {(row[0], row[1], row[2]) for row in rows("## Methods")} == expected


@pytest.mark.parametrize("resource", RESOURCES)
def test_no_public_method_is_left_out(client: MolamClient, resource: str) -> None:
    public = {f"`{resource}.{name}`" for name in dir(attrgetter(resource)(client)) if not name.startswith("_")}
    assert public == {row[0] for row in rows("## Methods") if row[0].startswith(f"`{resource}.")}


@pytest.mark.parametrize("kind", [MolamClient, MolamAsyncClient])
def test_everything_on_the_clients_themselves_is_named(kind: type) -> None:
    text = "\n".join(LINES)
    public = {name for name in dir(kind) if not name.startswith("_")}
    assert {name for name in public if f"`{name}`" not in text and f"`{name}." not in text} == set()


def test_everything_that_is_kept_in_a_database_stands_there() -> None:
    expected = dict[str, tuple[set[str], set[str]]]()
    for name in durable.__all__:
        made = getattr(durable, name)
        if inspect.isclass(made) and not is_typeddict(made) and "engine" in inspect.signature(made).parameters:
            methods = {method for method, _ in inspect.getmembers(made, inspect.isfunction) if method[0] != "_"}
            expected[name] = set(inspect.signature(made).parameters) - {"engine"}, methods
    told = {
        name: (_words(options), _words(methods))
        for names, options, methods in rows("## What is kept in your database")
        for name in _words(names)
    }
    assert told == expected


def test_the_testing_kit_stands_there() -> None:
    named = [name for row in rows("## For tests") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(testing.__all__)
    text = "\n".join(LINES)
    fixtures = {name for name in vars(plugin) if name.startswith("molam_")}
    assert {name for name in fixtures if f"`{name}`" not in text} == set()
    assert len(fixtures) == 10


def test_the_fields_of_what_they_return_stand_there() -> None:
    expected = {"Recovered": _fields(Recovered)}
    for name in durable.__all__:
        made = getattr(durable, name)
        if inspect.isclass(made) and (is_typeddict(made) or has(made)):
            expected[name] = _fields(made)
    assert {_words(name).pop(): _words(members) for name, _, members in rows("## What they return")} == expected


def _fields(made: Any) -> set[str]:
    if is_typeddict(made):
        return set(made.__annotations__)
    properties = {name for name, _ in inspect.getmembers(made, lambda value: isinstance(value, property))}
    return {each.name for each in fields(made)} | properties


def _words(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_every_event_type_stands_there_as_the_spec_describes_it() -> None:
    spec = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text("utf-8"))["webhooks"]
    expected = [[f"`{type}`", f"`{EVENT_OBJECTS[type]}`", spec[type]["post"]["description"].strip()] for type in spec]
    assert rows("## Event types") == expected


def test_every_word_stands_there() -> None:
    enums: dict[str, type[StrEnum]] = {}
    for name in dir(models):
        found = getattr(models, name)
        if isinstance(found, type) and issubclass(found, StrEnum):
            enums[f"`{name}`"] = found
    expected = {name: {f"`{word.value}`" for word in enum} for name, enum in enums.items()}
    assert {row[0]: set(row[2].split(", ")) for row in rows("## Words")} == expected
