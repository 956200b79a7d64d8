"""What the audit trail says of each operation, and what it never says."""

import json
import random
import re
import string
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from molam_gateway.domain.audit.actors import Actor, Origin
from molam_gateway.domain.call import Account
from molam_gateway.domain.payment_intents import LIFETIME
from molam_gateway.operations import merchant_onboardings, payment_intents, payouts, refunds, webhook_endpoints
from molam_gateway.operations.audit_logs import list_audit_logs
from molam_gateway.operations.audit_trail import trail
from molam_gateway.storage import attempts

from .audit import seal
from .bench import ACCOUNT, Bench, Operation

pytestmark = pytest.mark.anyio


async def _trail(bench: Bench, **query: object) -> list[dict[str, Any]]:
    """The entries, oldest first."""
    answer = (await bench.call(list_audit_logs, query={"limit": 100, **query})).json
    data: list[dict[str, Any]] = answer["data"]
    return data[::-1]


async def _paid(bench: Bench) -> dict[str, str]:
    body = {"amount": 5000, "currency": "XOF", "payment_method": "pm_cpay_ok", "confirm": True}
    found: dict[str, str] = (await bench.call(payment_intents.create_payment_intent, body)).json
    return found


async def test_a_payment_leaves_its_steps_with_both_sides(bench: Bench) -> None:
    intent = await _paid(bench)
    entries = await _trail(bench, resource_id=intent["id"])
    statuses = [(_status(entry["before"]), _status(entry["after"])) for entry in entries]
    assert statuses == list(pairwise([None, "requires_confirmation", "processing", "succeeded"]))
    assert entries[-1]["after"] == {"status": "succeeded", "amount_received": 5000}


def _status(side: dict[str, Any] | None) -> object:
    return None if side is None else side["status"]


async def test_who_did_it_and_from_where_is_told(bench: Bench) -> None:
    account = Account(ACCOUNT.id, ACCOUNT.livemode, actor=Actor("api_key", "key_7"))
    bench.origin = Origin("203.0.113.7", "molam-sdk-python/1.0", "ab" * 32)
    body = {"amount": 100, "currency": "XOF"}
    await bench.call(payment_intents.create_payment_intent, body, key="k-1", account=account)
    (entry,) = await _trail(bench)
    assert entry["actor"] == {"type": "api_key", "id": "key_7"}
    assert (entry["address"], entry["user_agent"]) == ("203.0.113.7", "molam-sdk-python/1.0")
    assert (entry["idempotency_key"], entry["request_id"], entry["body_sha256"]) == ("k-1", "req_1", "ab" * 32)
    assert (entry["action"], entry["outcome"]) == ("create_payment_intent", "ok")


async def test_a_decline_is_told_with_its_code(bench: Bench) -> None:
    body = {"amount": 5000, "currency": "XOF", "payment_method": "pm_cpay_declined", "confirm": True}
    await bench.call(payment_intents.create_payment_intent, body)
    assert [entry["outcome"] for entry in await _trail(bench)][-3:] == ["generic_decline"] * 3


async def test_the_gateways_own_work_is_told_as_its_own(bench: Bench) -> None:
    await bench.call(payment_intents.create_payment_intent, {"amount": 100, "currency": "XOF"})
    await bench.advance(LIFETIME + 60)
    entry = (await _trail(bench))[-1]
    assert entry["action"] == "payment_intent.expire"
    assert entry["actor"] == {"type": "system", "id": "gateway"}
    assert (entry["request_id"], entry["address"]) == (None, None)


async def test_webhook_endpoints_are_told_without_paths_and_secrets(bench: Bench) -> None:
    body = {"url": "https://user.example:8443/hook/T0KEN?secret=x", "enabled_events": ["*"]}
    endpoint = (await bench.call(webhook_endpoints.create_webhook_endpoint, body)).json
    id = endpoint["id"]
    moved = {"url": "https://user.example:8443/hook/OTHER"}
    await bench.call(webhook_endpoints.update_webhook_endpoint, moved, webhook_endpoint_id=id)
    await bench.call(webhook_endpoints.rotate_webhook_secret, webhook_endpoint_id=id)
    await bench.call(webhook_endpoints.delete_webhook_endpoint, webhook_endpoint_id=id)
    created, updated, rotated, deleted = await _trail(bench)
    assert created["after"] == {
        "status": "enabled",
        "kid": 1,
        "enabled_events": ["*"],
        "url_origin": "https://user.example:8443",
        "url_fingerprint": created["after"]["url_fingerprint"],
    }
    assert list(updated["after"]) == ["url_fingerprint"]
    assert (rotated["before"], rotated["after"]) == ({"kid": 1}, {"kid": 2})
    assert deleted["after"] is None
    text = json.dumps(await _trail(bench))
    assert "T0KEN" not in text
    assert endpoint["secret"] not in text


async def test_a_trail_of_one_payment_is_its_own_and_in_order(bench: Bench) -> None:
    await _paid(bench)
    intent = await _paid(bench)
    refund = (await bench.call(refunds.create_refund, {"amount": 100}, charge_id=intent["latest_charge"])).json
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(
            "SELECT id FROM attempts WHERE payment_intent = :id ORDER BY id", {"id": intent["id"]}
        )
        sent = [await attempts.find(reader, row["id"]) for row in rows]
        ids = [intent["id"], intent["latest_charge"], refund["id"], *(attempt.id for attempt in sent)]
        found = await trail(reader, ACCOUNT.id, ACCOUNT.livemode, ids)
        others = await trail(reader, "acct_2", ACCOUNT.livemode, ids)
    assert len(sent) == 2
    assert [entry["id"] for entry in found] == sorted(str(entry["id"]) for entry in found)
    assert [entry["action"] for entry in found] == ["create_payment_intent"] * 7 + ["create_refund"] * (len(found) - 7)
    assert others == []


async def test_another_account_sees_nothing(bench: Bench) -> None:
    await _paid(bench)
    answer = await bench.call(list_audit_logs, account=Account("acct_2", livemode=False))
    assert answer.json["data"] == []


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_planted_in_the_inputs_is_not_in_the_trail(bench: Bench, seed: int) -> None:
    """Random secrets, phone numbers, addresses and names, in every free member of every operation."""
    plants = _Plants(random.Random(seed))
    for operation, body, path in _operations(plants):
        target: dict[str, Any] = {}
        if path:
            made = await _paid(bench)
            target[path] = made["latest_charge"] if path == "charge_id" else made["id"]
        bench.origin = Origin("203.0.113.7", None, None)
        answer = await bench.call(operation, body, key=plants.key(), **target)
        assert answer.status < 300 or answer.json["code"] in {"invalid_state", "balance_insufficient"}, answer.json
    await seal(bench)
    async with bench.store.reading() as reader:
        rows = [*await reader.fetch_all("SELECT * FROM audit_logs", {}), *await _trail(bench)]
    text = json.dumps([dict(row) for row in rows], default=str)
    assert rows
    assert plants.values
    digits = re.sub(r"[ ().-]", "", text)
    assert [plant for plant in plants.values if plant in text or plant.strip("+") in digits] == []


class _Plants:
    """Makes values that must not be kept, and remembers them."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self.values: list[str] = []

    def _planted(self, value: str) -> str:
        self.values.append(value)
        return value

    def word(self) -> str:
        return self._planted("".join(self._source.choices(string.ascii_letters, k=14)))

    def phone(self) -> str:
        return self._planted("+22177" + "".join(self._source.choices(string.digits, k=7)))

    def email(self) -> str:
        return self._planted(f"{self.word()}@{self.word()}.example".lower())

    def secret(self) -> str:
        return self._planted(self._source.choice(["sk_live_", "whsec_", "sk_test_"]) + self.word())

    def url(self) -> str:
        return f"https://shop.example/{self.word()}?token={self.secret()}"

    def key(self) -> str:
        return self._source.choice([self.secret, self.phone, self.email])()

    def text(self) -> str:
        return self._source.choice([self.word, self.phone, self.email, self.secret, self.url])()


def _operations(p: _Plants) -> list[tuple[Operation, Mapping[str, object], str | None]]:
    customer = {"phone": p.phone(), "email": p.email(), "name": p.word()}
    money = {"amount": 700, "currency": "XOF"}
    texts = {
        "customer_id": p.text(),
        "merchant_id": p.text(),
        "description": p.text(),
        "metadata": {p.word(): p.text()},
        "return_url": p.url(),
        "cancel_url": p.url(),
    }
    onboarding = {"business_name": p.word(), "business_type": p.word(), "country": "SN"}
    beneficiary = {"type": "mobile_money", "phone": p.phone(), "name": p.word()}
    return [
        (payment_intents.create_payment_intent, {**money, **texts, "customer": customer}, None),
        (payment_intents.cancel_payment_intent, {"cancellation_reason": p.text()}, "payment_intent_id"),
        (refunds.create_refund, {"amount": 10, "reason": p.text(), "metadata": {p.word(): p.text()}}, "charge_id"),
        (
            merchant_onboardings.create_merchant_onboarding,
            {**onboarding, "email": p.email(), "phone": p.phone(), "metadata": {p.word(): p.text()}},
            None,
        ),
        (
            payouts.create_payout,
            {**money, "beneficiary": beneficiary, "origin_module": p.text(), "origin_entity_id": p.text()},
            None,
        ),
        (
            webhook_endpoints.create_webhook_endpoint,
            {"url": p.url(), "enabled_events": ["*"], "description": p.text()},
            None,
        ),
    ]
