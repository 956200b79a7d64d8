"""The overlay reaches every operation and every request member of the spec, and nothing that the spec has not."""

import inspect
from datetime import datetime
from operator import attrgetter
from typing import Any

import pytest

from molam_api.operations import OPERATIONS
from tests.parity.calls import perform
from tests.parity.recording import KINDS, Sent, example_of, opened
from tests.parity.samples import CURSORS, Sample, samples
from tests.parity.surface import METHODS, methods

SAMPLES = samples()
MEMBERS = [(operation_id, name) for operation_id, sample in SAMPLES.items() for name in (*sample.query, *sample.body)]


def sent(kind: str, sample: Sample, arguments: dict[str, Any]) -> Sent:
    with opened(kind, example_of(sample)) as (client, recorder):
        perform(client, sample, arguments)
    (request,) = recorder.sent
    return request


def query_values(values: dict[str, Any]) -> dict[str, Any]:
    """Query values as they mean, since a time can be written in several ways."""
    return {
        name: datetime.fromisoformat(value) if name.startswith("created_at") else str(value)
        for name, value in values.items()
    }


def body_values(document: dict[str, Any]) -> dict[str, Any]:
    """Members of a body as they mean."""
    return {
        name: datetime.fromisoformat(value) if name.startswith("created_at") else value
        for name, value in document.items()
    }


def test_the_table_of_operations_is_the_spec() -> None:
    assert OPERATIONS.keys() == SAMPLES.keys()
    for operation_id, sample in SAMPLES.items():
        operation = OPERATIONS[operation_id]
        assert (operation.method, operation.path) == (sample.method, sample.path)
        assert (operation.resource, operation.path_params) == (sample.resource, tuple(sample.ids))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation_id", SAMPLES)
def test_every_member_arrives(kind: str, operation_id: str) -> None:
    """Called with a value for everything that the spec has, the method sends exactly that to the operation's path."""
    sample = SAMPLES[operation_id]
    request = sent(kind, sample, sample.arguments)
    assert (request.method, request.path) == (sample.method, sample.target)
    queried = {name: value for name, value in sample.query.items() if name != CURSORS[1]}
    assert query_values(dict(request.query)) == query_values(queried)
    assert body_values(request.document or {}) == body_values(dict(sample.body))


@pytest.mark.parametrize(("operation_id", "member"), MEMBERS)
def test_a_member_arrives_alone(operation_id: str, member: str) -> None:
    """Beside what must be there, only what was given is sent: no defaults, no nulls."""
    sample = SAMPLES[operation_id]
    value = {**sample.query, **sample.body}[member]
    request = sent("sync", sample, {**sample.fewest, member: value})
    if member in sample.query:
        assert query_values(dict(request.query)) == query_values({member: value})
    else:
        assert body_values(request.document or {}) == body_values({**sample.fewest, member: value})


@pytest.mark.parametrize("operation_id", SAMPLES)
def test_an_operation_with_a_body_always_sends_an_object(operation_id: str) -> None:
    sample = SAMPLES[operation_id]
    assert sent("sync", sample, sample.fewest).document == (sample.fewest if sample.body else None)


@pytest.mark.parametrize("operation_id", SAMPLES)
def test_a_method_takes_nothing_that_the_spec_has_not(operation_id: str) -> None:
    resource, name = METHODS[operation_id]
    sample = SAMPLES[operation_id]
    known = {*sample.ids, *sample.query, *sample.body, "idempotency_key"}
    assert set(inspect.signature(methods("sync", resource)[name]).parameters) <= known


@pytest.mark.parametrize("operation_id", SAMPLES)
def test_an_id_is_taken_by_its_name(operation_id: str) -> None:
    sample = SAMPLES[operation_id]
    resource, name = METHODS[operation_id]
    with opened("sync", example_of(sample)) as (client, recorder):
        result = getattr(attrgetter(resource)(client), name)(**sample.ids, **sample.fewest)
        if name == "list":
            result.page()
    assert recorder.sent[0].path == sample.target
