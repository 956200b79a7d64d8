"""Webhooks made for tests: authentic for every type, and wrong in exactly the way that they say."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from molam_api.event_types import EVENT_OBJECTS
from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient, errors, webhooks
from molam_sdk.testing import SignedWebhook, StandInError, WebhookMaker
from tests.gateway_fixtures import Receiver

SECRET = "whsec_bW9sYW0tdGVzdGluZy1raXQ="
MAKER = WebhookMaker(SECRET)


def read(webhook: SignedWebhook) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return webhooks.construct_event(webhook.headers.get("Molam-Signature"), webhook.body, SECRET)


@pytest.mark.parametrize("type", EVENT_OBJECTS)
def test_every_type_is_authentic_in_both_schemes_and_has_its_model(type: str) -> None:
    webhook = MAKER.make(type)
    event = read(webhook)
    webhooks.verify_standard_signature(webhook.headers, webhook.body, SECRET)
    assert event.type_ == type
    assert event.data.object_.__class__.__name__ == EVENT_OBJECTS[type]


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("payment_intent.succeeded", "succeeded"),
        ("payment_intent.failed", "requires_payment_method"),
        ("payment_intent.amount_capturable_updated", "requires_capture"),
        ("payment_intent.canceled", "canceled"),
        ("payout.reversed", "reversed"),
        ("refund.processed", "succeeded"),
        ("charge.failed", "failed"),
    ],
)
def test_the_object_is_as_the_type_says(type: str, status: str) -> None:
    assert read(MAKER.make(type)).data.object_.status == status


def test_members_may_be_given_and_are_checked() -> None:
    happened = datetime(2026, 11, 1, 12, tzinfo=UTC)
    given = {"amount": 900, "currency": "XOF", "next_action": {"type": "redirect"}}
    event = read(MAKER.make("payment_intent.requires_action", given, id="evt_1", sequence=7, created_at=happened))
    assert (event.id, event.sequence, event.created_at) == ("evt_1", 7, happened)
    assert (event.data.object_.amount, event.data.object_.currency) == (900, "XOF")
    assert event.data.object_.next_action.type_ == "redirect"
    for members, said in (
        ({"amuont": 1}, "no member 'amuont'; did you mean 'amount'"),
        ({"status": "done"}, "status must be one of"),
        ({"amount": "9"}, "amount must be an integer, not a string"),
    ):
        with pytest.raises(StandInError, match=said):
            MAKER.make("payment_intent.succeeded", members)
    with pytest.raises(StandInError, match="time zone"):
        MAKER.make("ping", created_at=datetime(2026, 11, 1))  # noqa: DTZ001 - the point of the test


def test_a_type_of_tomorrow_can_be_made() -> None:
    webhook = MAKER.make("payment_intent.teleported", {"id": "pi_1", "speed": 9})
    webhooks.verify_signature(webhook.signature, webhook.body, SECRET)
    assert webhook.event["data"]["object"] == {"id": "pi_1", "speed": 9}


def test_a_repetition_has_the_same_bytes_and_other_signatures() -> None:
    first = MAKER.make("refund.updated")
    again = MAKER.again(first, after=60)
    assert (again.body, again.headers["webhook-id"]) == (first.body, first.headers["webhook-id"])
    assert again.signature != first.signature
    assert read(again).id == read(first).id


def test_disorder_is_the_opposite_order_of_one_object() -> None:
    made = MAKER.disordered("payment_intent.created", "payment_intent.processing", "payment_intent.succeeded")
    assert [each.event["type"].rpartition(".")[2] for each in made] == ["succeeded", "processing", "created"]
    assert sorted(each.event["sequence"] for each in made) == [each.event["sequence"] for each in made[::-1]]
    assert len({each.event["data"]["object"]["id"] for each in made}) == 1


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: MAKER.late("refund.updated"), "expired"),
        (lambda: MAKER.forged("refund.updated"), "mismatch"),
        (lambda: MAKER.altered("refund.updated"), "mismatch"),
        (lambda: MAKER.unsigned("refund.updated"), "missing_header"),
    ],
)
def test_what_is_wrong_is_refused_for_its_reason(make: Callable[[], SignedWebhook], reason: str) -> None:
    with pytest.raises(errors.SignatureError) as caught:
        read(make())
    assert caught.value.reason == reason
    assert make().event["type"] == "refund.updated"


def test_the_headers_are_those_that_the_gateway_sends() -> None:
    with Sandbox(webhook_secret=SECRET) as sandbox, Receiver() as receiver:
        with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
            client.webhook_endpoints.create(url=receiver.url, enabled_events=["*"])
            client.sandbox.trigger_event(type="payment_intent.succeeded")
            client.sandbox.advance_clock(seconds=1)
        (sent, *_) = receiver.wait(1)
    made = MAKER.signed(sent.body, at=int(sent.headers["webhook-timestamp"]))
    for name, value in made.headers.items():
        assert sent.headers[name.lower()] == value


def _verdict(headers: dict[str, str], body: bytes) -> int:
    try:
        webhooks.construct_event(headers.get("molam-signature"), body, SECRET)
    except errors.SignatureError:
        return 400
    return 204


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    status = _verdict({"molam-signature": environ.get("HTTP_MOLAM_SIGNATURE", "")}, body)
    start_response(f"{status} x", [("X-Path", environ["PATH_INFO"])])
    return [b""]


async def asgi(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    body = b""
    while (message := await receive())["more_body"] or message["body"]:
        body += message["body"]
        if not message["more_body"]:
            break
    status = _verdict({name.decode(): value.decode() for name, value in scope["headers"]}, body)
    headers = [(b"x-path", scope["path"].encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class Asgi:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asgi(scope, receive, send)


@pytest.mark.parametrize("target", [wsgi, asgi, Asgi()], ids=["wsgi", "asgi", "asgi object"])
def test_an_application_of_this_process_is_asked(target: Any) -> None:
    async def both() -> list[int]:
        here = MAKER.make("refund.updated").send(target, "/hooks/molam")  # a loop runs in this thread
        there = await MAKER.forged("refund.updated").asend(target, "/hooks/molam")
        return [here.status, there.status]

    received = MAKER.make("refund.updated").send(target, "/hooks/molam")
    assert (received.status, received.accepted) == (204, True)
    assert {name.lower(): value for name, value in received.headers.items()}["x-path"] == "/hooks/molam"
    assert MAKER.altered("refund.updated").send(target).status == 400
    assert asyncio.run(both()) == [204, 400]


def test_an_exception_of_the_application_reaches_the_test() -> None:
    def broken(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise LookupError("of the application")

    async def also_broken(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("of the application")

    for target in (broken, also_broken):
        with pytest.raises(LookupError, match="of the application"):
            MAKER.make("ping").send(target)


def test_a_server_of_this_machine_is_asked(receiver: Receiver) -> None:
    webhook = MAKER.make("payout.succeeded")
    receiver.answer_with(200, 503)
    assert webhook.send(receiver.url).accepted
    assert not asyncio.run(MAKER.again(webhook).asend(receiver.url)).accepted
    assert [each.body for each in receiver.deliveries] == [webhook.body, webhook.body]


def test_a_target_that_is_none_is_refused() -> None:
    with pytest.raises(StandInError, match=r"could not be delivered to http://127\.0\.0\.1:9/"):
        MAKER.make("ping").send("http://127.0.0.1:9/")
    with pytest.raises(StandInError, match="a WSGI application or an ASGI application"):
        MAKER.make("ping").send(str.upper)


def test_nothing_shows_the_secret() -> None:
    assert SECRET not in f"{MAKER!r} {MAKER.make('ping')!r}"
