"""Each method of each resource sends what its operation takes, and returns the operation's object."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import pytest

from molam_api import models
from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient
from tests.unit.sdk.operation_calls import CASES, Case, answer_for, answer_to
from tests.unit.sdk.scripted import Script, driving
from tests.unit.sdk.spec_examples import example_answer

EACH = pytest.mark.parametrize("case", CASES, ids=[case.operation_id for case in CASES])


def test_every_operation_has_its_case() -> None:
    assert sorted(case.operation_id for case in CASES) == sorted(OPERATIONS)


@EACH
def test_a_method_sends_what_its_operation_takes(kind: str, case: Case) -> None:
    script = Script(answer_for(case))
    operation = OPERATIONS[case.operation_id]
    with driving(kind, script) as driver:
        if case.method.endswith(".list"):
            items = driver.items(case.method, **case.arguments)
            assert {type(item).__name__ for item in items} <= {type(item).__name__ for item in items[:1]}
        else:
            key = {"idempotency_key": "order-1"} if operation.needs_idempotency_key else {}
            answered = driver.call(case.method, *case.ids, **case.arguments, **key)
            assert type(answered).__module__.startswith(models.__name__)
    (request,) = script.requests
    assert (request.method, request.url.path) == (operation.method, case.path)
    if operation.method == "GET":
        assert dict(request.url.params) == (case.sent or {})
    else:
        assert request.url.query == b""
        assert script.bodies() == [case.sent]
    assert script.sent("Idempotency-Key") == ["order-1" if operation.needs_idempotency_key else None]


@EACH
def test_what_is_not_given_is_not_sent(kind: str, case: Case) -> None:
    script = Script(answer_for(case._replace(arguments={})))
    with driving(kind, script) as driver:
        parameters = inspect.signature(attrgetter(case.method)(driver.client)).parameters.values()
        needed = {each.name for each in parameters if each.default is inspect.Parameter.empty}
        arguments = {each: value for each, value in case.arguments.items() if each in needed}
        if case.method.endswith(".list"):
            driver.items(case.method)
        else:
            driver.call(case.method, *case.ids, **arguments, **({"currency": "USD"} if "amount" in needed else {}))
    (request,) = script.requests
    assert dict(request.url.params) == {}
    body: dict[str, Any] = script.bodies()[0] or {}
    assert set(body) <= needed | {"currency"}
    assert None not in body.values()


@EACH
def test_the_id_may_be_given_by_name(kind: str, case: Case) -> None:
    names = OPERATIONS[case.operation_id].path_params
    if not names:
        return
    script = Script(answer_for(case))
    with driving(kind, script) as driver:
        driver.call(case.method, **dict(zip(names, case.ids, strict=True)))
    assert script.requests[0].url.path == case.path


_SUBJECTS = {"refresh_token": ["refresh_token"], "revoke_token": ["token"]}
"""What a call is about where that is no id in its path."""


@EACH
@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_everything_but_its_subject_is_a_keyword(made: type[MolamClient | MolamAsyncClient], case: Case) -> None:
    method = attrgetter(case.method)(made(api_key="sk_test_x"))
    positional = [
        each.name
        for each in inspect.signature(method).parameters.values()
        if each.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert positional == (_SUBJECTS.get(case.operation_id) or list(OPERATIONS[case.operation_id].path_params))
    assert ("idempotency_key" in inspect.signature(method).parameters) is OPERATIONS[
        case.operation_id
    ].needs_idempotency_key
    assert inspect.getdoc(method)


@EACH
def test_raw_mode_has_the_same_methods(kind: str, case: Case) -> None:
    script = Script(answer_for(case))
    with driving(kind, script) as driver:
        raw = driver.call(f"with_raw_response.{case.method}", *case.ids, **case.arguments)
        assert (raw.status_code, raw.attempts) == (example_answer(case.operation_id)[0], 1)
        assert type(raw.parse()).__module__.startswith(models.__name__)
    assert script.requests[0].url.path == case.path


def test_times_may_be_text_or_aware_datetimes(kind: str) -> None:
    script = Script(answer_to("list_events"))
    with driving(kind, script) as driver:
        driver.items(
            "events.list",
            created_at_gte=datetime(2026, 11, 1, tzinfo=UTC),
            created_at_lte="2026-11-02T03:04:05.678+02:00",
        )
    assert dict(script.requests[0].url.params) == {
        "created_at_gte": "2026-11-01T00:00:00+00:00",
        "created_at_lte": "2026-11-02T03:04:05.678000+02:00",
    }


def test_generated_models_are_taken_where_mappings_are(kind: str) -> None:
    script = Script(answer_to("create_payment_intent"))
    with driving(kind, script) as driver:
        driver.create(
            customer=models.CustomerRequest(phone="+22178000000"), metadata=models.Metadata.from_dict({"a": "b"})
        )
    assert script.bodies()[0]["customer"] == {"phone": "+22178000000"}
    assert script.bodies()[0]["metadata"] == {"a": "b"}


def test_words_that_this_release_does_not_know_go_through(kind: str) -> None:
    script = Script(answer_to("create_payment_intent"))
    with driving(kind, script) as driver:
        driver.create(capture_method="by_pigeon")
    assert script.bodies()[0]["capture_method"] == "by_pigeon"
