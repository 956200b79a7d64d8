"""Secrets show up in the one header that needs them, and nowhere else."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import httpx
import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.unit.sdk.scripted import Answer, Script, answered, driving, refused

CANARY = "canary7c1e55"
OPTIONS: dict[str, Any] = {
    "api_key": f"sk_test_{CANARY}",
    "webhook_secret": f"whsec_{CANARY}",
    "event_hooks": {"request": repr},
}
HEADER = {"X-Session": f"session-{CANARY}"}
PERSONAL = {"phone": "+221780012345", "email": "aminata@example.com", "name": "Aminata Canary7c1e55"}


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that every logger of the process says, formatted and as attributes."""
    with caplog.at_level(1):
        logging.getLogger("molam_sdk").setLevel(1)
        yield lambda: "\n".join(
            f"{record.getMessage()} {record.__dict__!r} {record.exc_text}" for record in caplog.records
        )
        logging.getLogger("molam_sdk").setLevel(logging.NOTSET)


def shown(value: object) -> str:
    sink = io.StringIO()
    pprint.pprint(value, stream=sink)
    try:
        members = {name: repr(member) for name, member in vars(value).items()}
    except TypeError:
        members = {}
    return "\n".join(
        (repr(value), str(value), f"{value}", sink.getvalue(), repr(members), json.dumps([value], default=str))
    )


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_a_client_shows_nothing(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(transport=Script(answered()), **OPTIONS).with_options(headers=HEADER)
    assert CANARY not in repr(client) + str(client) + shown(client.config)
    assert repr(client).startswith(f"{made.__name__}(Config(")
    assert "sk_test_***" in repr(client)
    assert CANARY not in repr(attrs.asdict(client.config))


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_neither_pickled_nor_copied(made: Any, way: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as caught:
        way(made(transport=Script(answered()), **OPTIONS))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        refused(400, "parameter_invalid", body={"detail": f"no such key sk_test_{CANARY}", "errors": []}),
        refused(401, "api_key_invalid", body={"detail": f"Authorization: Bearer sk_test_{CANARY}"}),
        refused(500, "internal_error"),
        httpx.ReadError(f"GET https://sk_test_{CANARY}@api.example"),
        httpx.ConnectError(f"sk_test_{CANARY}"),
        httpx.Response(302, headers={"Location": f"https://evil.example/?key={CANARY}"}),
        httpx.Response(201, content=b"<html>"),
        answered(Molam_Attempt_Id="stale"),
    ],
    ids=lambda answer: str(getattr(answer, "status_code", type(answer).__name__)),
)
def test_an_error_shows_nothing(kind: str, answer: Answer, everything: Callable[[], str]) -> None:
    with driving(kind, Script(answer), max_retries=1, **OPTIONS) as driver:
        error = driver.with_options(headers=HEADER).fail(errors.MolamError, customer=PERSONAL)
        frames = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert CANARY not in str(error) + repr(error) + shown(error.args)
    assert CANARY not in frames
    assert CANARY not in everything()


def test_a_call_logs_nothing_of_people_or_secrets(kind: str, everything: Callable[[], str]) -> None:
    secret = answered(201, json.loads(answered().text) | {"secret": f"whsec_{CANARY}"})
    with driving(kind, Script(refused(503), secret), **OPTIONS) as driver:
        driver.with_options(headers=HEADER).create(customer=PERSONAL, metadata={"note": CANARY}, description=CANARY)
    said = everything()
    assert "create_payment_intent" in said
    for hidden in (CANARY, *PERSONAL.values()):
        assert hidden not in said


def test_the_key_goes_into_its_header_only(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, **OPTIONS) as driver:
        driver.create()
    (request,) = script.requests
    rest = [value for name, value in request.headers.items() if name != "authorization"]
    assert request.headers["Authorization"] == f"Bearer sk_test_{CANARY}"
    assert CANARY not in f"{rest} {request.url} {request.content!r}"


def test_a_raw_response_shows_no_body(kind: str) -> None:
    with driving(kind, Script(answered(201, json.loads(answered().text) | {"description": CANARY}))) as driver:
        raw = driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
    assert CANARY not in repr(raw)
