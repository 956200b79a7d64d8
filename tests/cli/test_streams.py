"""listen, trigger, events and logs: events arrive signed, in order, each once, whatever was down in between."""

import json
from collections.abc import Callable

import pytest
from typer import BadParameter

from molam_sdk import webhooks
from molam_sdk.cli._forwarding import receiver_url
from tests.cli.conftest import Started
from tests.cli.processes import Molam, Running
from tests.cli.proxy import Proxy
from tests.gateway_fixtures import Api, Receiver

Beside = Callable[..., Running]
SECRET = "whsec_of_the_receiver"


def test_events_are_forwarded_signed_with_the_answer_shown(molam: Molam, beside: Beside) -> None:
    with Receiver(200, 503) as receiver:
        running = beside(
            "listen", "--forward-to", receiver.url, "--secret", SECRET, "--events", "refund.*,charge.*", "--json"
        )
        assert running.json() == {"object": "listening", "forward_to": receiver.url, "webhook_secret": None}
        fact = molam("trigger", "refund.processed", "--set", "amount=1234", "--set", "currency=XOF", "--json").json
        assert fact["data"]["object"]["amount"] == 1234
        lines = [running.json() for _ in range(3)]
        running.interrupt()
        assert [line["event"]["type"] for line in lines] == ["charge.succeeded", "refund.created", "refund.processed"]
        assert [(line["status"], line["error"]) for line in lines] == [(200, None), (503, None), (503, None)]
        assert all(0 <= line["seconds"] < 10 for line in lines)
        delivered = receiver.wait(3)[2]
        event = webhooks.construct_event(delivered.headers["molam-signature"], delivered.body, SECRET)
        assert (event.id, event.type_) == (fact["id"], "refund.processed")
        assert json.loads(delivered.body) == fact
        assert delivered.headers["webhook-id"] == fact["id"]
        assert SECRET not in "".join(running.err)
        again = ("events", "resend", fact["id"], "--forward-to", receiver.url, "--secret", SECRET)
        assert "-> 503" in molam(*again, status=7).out
        receiver.answer_with(204)
        assert "-> 204" in molam(*again).out


def test_a_secret_is_made_and_shown_where_there_is_none(api: Api, beside: Beside) -> None:
    with Receiver() as receiver:
        running = beside("listen", "--forward-to", receiver.url.removeprefix("http://"), "--count", "1")
        running.said("signed with whsec_")
        (secret,) = [line.split()[-1] for line in running.err if "signed with" in line]
        api.intent()
        delivered = receiver.wait(1)[0]
        webhooks.verify_signature(delivered.headers["molam-signature"], delivered.body, secret)
        assert "payment_intent.created" in running.line()
        running.ended()


def test_nothing_is_left_out_while_the_connection_is_lost(
    molam: Molam, api: Api, sandbox: Started, beside: Beside
) -> None:
    with Proxy(sandbox.url) as proxy:
        command = molam.having(MOLAM_API_BASE=proxy.url)
        running = beside("listen", "--json", command=command)
        running.json()
        first = api.intent()["id"]
        assert running.json()["event"]["object_id"] == first
        proxy.go_down()
        running.said("trying again")
        missed = [api.intent()["id"] for _ in range(3)]
        onboarding = api.made(
            "/v1/connect/merchant_onboardings",
            {"business_name": "A", "business_type": "company", "country": "SN", "email": "a@example.com"},
        )["id"]
        api.made(f"/v1/connect/merchant_onboardings/{onboarding}/submit")
        proxy.come_up()
        told = [running.json()["event"] for _ in range(4)]
        assert [event["object_id"] for event in told] == [*missed, onboarding]
        running.interrupt()
        later = [api.intent()["id"] for _ in range(2)]
        resumed = beside("listen", "--after", told[1]["id"], "--count", "4", "--json")
        resumed.json()
        assert [resumed.json()["event"]["object_id"] for _ in range(4)] == [missed[2], onboarding, *later]
        resumed.ended()


def test_a_receiver_that_is_being_restarted_is_waited_for(api: Api, beside: Beside) -> None:
    with Receiver() as receiver:
        address = receiver.url
    running = beside(
        "listen", "--forward-to", address, "--secret", SECRET, "--count", "2", "--patience", "0.3", "--json"
    )
    running.json()
    api.intent()
    line = running.json()
    assert (line["status"], line["error"]) == (None, "nobody listens there")
    assert line["attempts"] > 1
    running.kill()


def test_events_are_listed_and_their_deliveries_repeated(molam: Molam, api: Api) -> None:
    with Receiver(500) as receiver:
        api.endpoint(receiver.url, "payment_intent.succeeded")
        paid = api.intent(payment_method="pm_cpay_ok", confirm=True)["id"]
        listed = molam("events", "list", "--object-id", paid, "--limit", "1", "--json").json
        assert [event["type"] for event in listed["data"]] == ["payment_intent.succeeded"]
        event = listed["data"][0]["id"]
        early = molam("events", "resend", event, "--json", status=7)
        assert early.json == {"object": "list", "data": []}
        assert "nothing to send again" in early.err
        api.advance(86_400)
        (row,) = [line for line in molam("webhooks", "dead-letters").out.splitlines() if event in line]
        letter = row.split()[0]
        assert row.split()[-3:] == ["6", "500", "ok"]
        assert molam("events", "resend", event, "--json").json["data"][0]["id"] == letter
        api.advance(86_400)
        receiver.answer_with(200)
        assert molam("webhooks", "redrive", "--all", "--event-type", "payment_intent.succeeded").out
        api.advance(1)
        assert json.loads(receiver.deliveries[-1].body)["id"] == event
        assert molam("webhooks", "redrive", letter, "--json", status=3).json["error"]["status_code"] == 409


def test_the_trail_and_the_events_go_on_line_by_line(api: Api, beside: Beside) -> None:
    known = api.intent()["id"]
    running = beside("logs", "tail", "--lines", "2", "--interval", "0.1")
    assert known in running.line() + running.line()
    made = api.intent(description="new")["id"]
    lines = [running.line() for _ in range(2)]
    assert sorted(line.split()[1] for line in lines) == ["audit", "event"]
    assert all(made in line for line in lines)
    assert any("create_payment_intent" in line and "api_key key_" in line for line in lines)
    running.interrupt()


def test_types_are_listed_and_unknown_ones_noted(molam: Molam, beside: Beside) -> None:
    listed = molam("trigger", "--list", "--json").json["data"]
    assert {"payment_intent.succeeded", "ping"} <= set(listed)
    assert molam("trigger", "nothing.of_the_kind", status=3).err.startswith("molam: 400")
    wrong = " ".join(molam("trigger", "payment_intent.succeded", status=2).err.replace("│", " ").split())
    assert "did you mean payment_intent.succeeded? --list shows all" in wrong
    running = beside("listen", "--events", "payment.completed")
    running.said("no known type of event is payment.completed")
    running.said("listening on")
    running.interrupt()
    assert "--forward-to" in molam("listen", "--forward-to", "a b", status=2).err


def test_addresses_are_urls_or_short_for_them() -> None:
    for given, url in (
        ("localhost:8000/webhooks", "http://localhost:8000/webhooks"),
        ("8000", "http://localhost:8000"),
        ("8000/hook", "http://localhost:8000/hook"),
        ("https://dev.example/x", "https://dev.example/x"),
        ("[::1]:8000/x", "http://[::1]:8000/x"),
    ):
        assert receiver_url(given) == url
    for given in ("ftp://x", "http://user@host/", "a b", "", "http://", "http://host:port/"):
        with pytest.raises(BadParameter):
            receiver_url(given)
