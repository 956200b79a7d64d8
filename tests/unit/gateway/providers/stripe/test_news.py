"""Webhooks from the simulated account to the adapter: signed, repeated, reordered, and only about what is ours."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import stripe

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Succeeded
from molam_gateway.providers.inbound import ForgedError, Message, News, UnreadableError
from molam_gateway.providers.stripe.webhooks import EVENTS

from .account import WEBHOOK_SECRET, Account

pytestmark = pytest.mark.anyio


def reports(account: Account) -> list[News]:
    """What all messages say, in the order in which they came."""
    found: list[News] = []
    for message in account.mailbox.messages:
        account.provider.verify(message, account.configuration)
        for report in account.provider.read(message, account.configuration):
            assert isinstance(report, News)
            found.append(report)
    return found


def types(account: Account) -> list[str]:
    return [json.loads(message.body)["type"] for message in account.mailbox.messages]


async def test_news_lead_to_the_instruction_and_say_no_outcome(account: Account) -> None:
    instruction, outcome = await account.done()
    await account.simulator.simulation.settle()
    assert types(account) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    (news,) = reports(account)
    assert (news.reference, news.handle, news.outcome) == (instruction.reference, outcome.handle, None)
    assert news.key.startswith("evt_")
    event = (await account.call("GET", f"/v1/events/{news.key}")).document()
    assert event is not None
    assert event["request"]["idempotency_key"] == instruction.reference


async def test_a_capture_is_told_of_itself_and_of_what_it_captured(account: Account) -> None:
    parent = await account.done(AttemptKind.AUTHORIZE)
    capture = account.child(AttemptKind.CAPTURE, parent)
    await account.send(capture)
    await account.simulator.simulation.settle()
    told = [news.reference for news in reports(account)]
    assert told == [parent[0].reference, parent[0].reference, capture.reference]
    keys = [news.key for news in reports(account)]
    assert len(set(keys)) == 3


async def test_a_refund_that_fails_later_is_told(account: Account) -> None:
    parent = await account.done(payment_method="pm_card_refundFail")
    refund = account.child(AttemptKind.REFUND, parent)
    assert isinstance(await account.send(refund), Succeeded)
    await account.simulator.simulation.settle()
    account.mailbox.letters.clear()
    await account.advance(30)
    assert "refund.failed" in types(account)
    assert {news.reference for news in reports(account)} == {refund.reference}
    assert isinstance(await account.query(refund), Failed)


async def test_disputes_and_payments_of_others_are_no_news(account: Account) -> None:
    pay = {"amount": 2500, "currency": "usd", "payment_method": "pm_card_createDispute", "confirm": "true"}
    await account.call("POST", "/v1/payment_intents", pay)
    await account.simulator.simulation.settle()
    await account.advance(60)
    assert types(account)[-2:] == ["charge.dispute.created", "charge.dispute.closed"]
    assert reports(account) == []


async def test_copies_have_one_key_and_arrive_in_any_order(account: Account) -> None:
    account.simulator.knobs.webhook_copies = 3
    account.simulator.knobs.webhook_spread = 100
    await account.done(AttemptKind.AUTHORIZE)
    await account.done()
    for _ in range(20):
        await account.advance(5)
    assert set(Counter(news.key for news in reports(account)).values()) == {3}
    ids = [json.loads(message.body)["id"] for message in account.mailbox.messages]
    assert ids != sorted(ids)


async def test_what_is_not_taken_is_repeated_with_a_new_signature(account: Account) -> None:
    account.mailbox.statuses = [500, 302, 404]
    await account.call("POST", "/v1/payment_intents", {"amount": 2500, "currency": "usd"})
    await account.simulator.simulation.settle()
    for pause in (60, 600, 3600):
        assert await account.simulator.simulation.next_due() is not None
        await account.advance(pause)
    assert await account.simulator.simulation.next_due() is None
    bodies = {message.body for message in account.mailbox.messages}
    signatures = {message.headers["stripe-signature"] for message in account.mailbox.messages}
    assert (len(bodies), len(signatures)) == (1, 4)
    account.provider.verify(account.mailbox.messages[-1], account.configuration)
    with pytest.raises(ForgedError, match="old"):
        account.provider.verify(account.mailbox.messages[0], account.configuration)


async def test_secrets_are_rolled_without_a_gap(account: Account) -> None:
    account.simulator.roll_secret(account.mailbox.webhook_url, "whsec_secondsecret", 3600)
    rolled = account.with_secrets(webhook_secrets=f"whsec_secondsecret,{WEBHOOK_SECRET}")
    await account.done()
    await account.simulator.simulation.settle()
    during = account.mailbox.messages[-1]
    assert during.headers["stripe-signature"].count("v1=") == 2
    for configuration in (account.configuration, rolled):
        account.provider.verify(during, configuration)
    account.clock.advance(3600)
    await account.done()
    await account.simulator.simulation.settle()
    account.provider.verify(account.mailbox.messages[-1], rolled)
    with pytest.raises(ForgedError):
        account.provider.verify(account.mailbox.messages[-1], account.configuration)


async def test_the_official_package_reads_what_is_sent(account: Account) -> None:
    await account.done()
    await account.simulator.simulation.settle()
    message = account.mailbox.messages[-1]
    signature = message.headers["stripe-signature"]
    event = stripe.Webhook.construct_event(message.body, signature, WEBHOOK_SECRET, 10**10)
    assert event.type == "payment_intent.succeeded"
    assert event.data.object["amount"] == 2500


async def test_endpoints_are_made_as_at_stripe(account: Account) -> None:
    form = {"url": f"{account.mailbox.url}/webhook", "enabled_events[]": "payment_intent.succeeded"}
    endpoint = (await account.call("POST", "/v1/webhook_endpoints", form)).document()
    assert endpoint is not None
    await account.done()
    await account.simulator.simulation.settle()
    (message,) = account.mailbox.messages
    account.provider.verify(message, account.with_secrets(webhook_secrets=endpoint["secret"]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"object": "event"}',
        b"\xff",
        pytest.param(b"[" * 10_000, id="deep"),
        b'{"object":"event","id":"evt_1","type":"refund.failed","livemode":false}',
    ],
)
async def test_what_is_no_event_is_unreadable(account: Account, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        account.provider.read(Message(body), account.configuration)


@pytest.mark.parametrize(
    "change",
    [
        {"livemode": True},
        {"account": "acct_of_somebody"},
        {"type": "charge.refunded"},
        {"data": {"object": {"id": "pi_1", "metadata": None}}},
        {"data": {"object": {"id": "pi_1", "metadata": {"molam_reference": 7}}}},
    ],
)
async def test_events_that_are_not_ours_say_nothing(account: Account, change: dict[str, Any]) -> None:
    event = {
        "object": "event",
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "data": {"object": {"id": "pi_1", "metadata": {"molam_reference": "molam_1"}}},
    }
    ours = account.provider.read(Message(json.dumps(event).encode()), account.configuration)
    assert ours == [News("evt_1", "molam_1", "pi_1")]
    assert list(account.provider.read(Message(json.dumps({**event, **change}).encode()), account.configuration)) == []


async def test_without_a_secret_everything_is_forged(account: Account) -> None:
    await account.done()
    await account.simulator.simulation.settle()
    without = replace(account.configuration, secrets={})
    with pytest.raises(ForgedError, match="no webhook secret"):
        account.provider.verify(account.mailbox.messages[0], without)


async def test_the_events_to_subscribe_to_are_those_that_are_read(account: Account) -> None:
    assert "payment_intent.succeeded" in EVENTS
    assert not any(each.startswith("charge.dispute") for each in EVENTS)
    assert account.provider.acknowledge(None, accepted=True).status == 200
