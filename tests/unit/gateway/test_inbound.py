"""What providers tell by themselves is taken once, acted on once and never moves what is final."""

from dataclasses import replace
from typing import Any

import pytest

from molam_gateway import failpoints
from molam_gateway.domain.call import Account
from molam_gateway.domain.outcomes import Outcome, Succeeded, Unknown
from molam_gateway.domain.problems import ProblemError
from molam_gateway.due_work import HANDLERS
from molam_gateway.jobs import JobRunner
from molam_gateway.operations.inbound.receipt import receive_callback, receive_webhook
from molam_gateway.operations.inbound.retention import FORGET_EVERY, forget
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent
from molam_gateway.operations.provider_configurations import (
    configure_provider,
    retrieve_provider_configuration,
)
from molam_gateway.operations.provider_configurations import (
    test_provider as try_provider,
)
from molam_gateway.operations.refunds import create_refund
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.inbound import Message
from molam_gateway.providers.paystack.adapter import Paystack
from molam_gateway.providers.registry import Simulated, registry
from molam_gateway.settings import Settings
from molam_gateway.storage import accounts
from molam_gateway.storage.accounts import AccountRow

from .bench import ACCOUNT, Bench
from .hearing import SECRET, Calling, signed, use

pytestmark = pytest.mark.anyio

PAYMENT: dict[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}


class CrashError(BaseException):
    """Ends the process's work on the spot."""


def _crash() -> None:
    raise CrashError


@pytest.fixture
def calling(bench: Bench) -> Calling:
    provider = Calling()
    use(bench, provider)
    return provider


async def pay(bench: Bench) -> dict[str, Any]:
    return (await bench.call(create_payment_intent, PAYMENT)).json


async def status(bench: Bench, intent: dict[str, Any]) -> str:
    return str((await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json["status"])


async def all_of(bench: Bench, column: str, table: str) -> list[object]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(f"SELECT {column} FROM {table} ORDER BY id", {})  # noqa: S608 - the tests' names
    return [row[column] for row in rows]


def token_of(calling: Calling) -> str:
    return str(calling.sent[-1].callback_url).rpartition("/")[2]


async def test_a_callback_at_the_attempts_address_settles_it_when_the_answer_was_lost(
    bench: Bench, calling: Calling
) -> None:
    calling.loses_answers = True
    intent = await pay(bench)
    assert intent["status"] == "processing"
    told = signed({"type": "news", "key": "k1", "handle": "theirs", "outcome": "succeeded", "amount": 500})
    for _ in range(3):
        assert (await receive_callback(bench.services, token_of(calling), told)).body == {"accepted": True}
    await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert await all_of(bench, "state", "provider_messages") == ["done"]
    assert (await bench.event_types()).count("payment_intent.succeeded") == 1


async def test_a_wrong_amount_is_not_believed(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    calling.mute = True
    told = signed({"type": "news", "key": "k1", "outcome": "succeeded", "amount": 1})
    await receive_callback(bench.services, token_of(calling), told)
    await bench.advance(0)
    assert await status(bench, intent) == "processing"


async def test_a_payment_that_is_made_after_all_is_attached_while_nobody_else_paid(
    bench: Bench, calling: Calling
) -> None:
    calling.succeeds = False
    intent = await pay(bench)
    await bench.advance(60)
    assert await status(bench, intent) == "requires_payment_method"
    told = signed({"type": "news", "key": "late", "outcome": "succeeded", "amount": 500})
    for _ in range(2):
        await receive_callback(bench.services, token_of(calling), told)
        await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert await all_of(bench, "kind", "operator_cases") == []
    assert await all_of(bench, "status", "charges") == ["succeeded"]
    assert await bench.sums() == {"provider_clearing": 500, "merchant_payable": -500}
    types = await bench.event_types()
    assert (types.count("payment_intent.succeeded"), types.count("charge.succeeded")) == (1, 1)


async def test_a_success_without_an_amount_is_asked_about(bench: Bench, calling: Calling) -> None:
    calling.succeeds = False
    intent = await pay(bench)
    told = signed({"type": "news", "key": "k1", "outcome": "succeeded"})
    await receive_callback(bench.services, token_of(calling), told)
    await bench.advance(0)
    assert await status(bench, intent) == "requires_payment_method"


async def test_a_mismatched_success_does_not_hide_the_right_one(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    calling.mute = True
    for amount in (1, 500):
        told = signed({"type": "news", "key": "k1", "outcome": "succeeded", "amount": amount})
        await receive_callback(bench.services, token_of(calling), told)
        await bench.advance(0)
    assert await status(bench, intent) == "succeeded"


async def test_messages_are_forgotten_thirty_days_after_they_were_done_with(bench: Bench, calling: Calling) -> None:
    await pay(bench)
    told = {"type": "news", "key": "k1", "outcome": "succeeded", "amount": 500}
    await receive_callback(bench.services, token_of(calling), signed(told))
    await bench.advance(0)
    await receive_callback(bench.services, token_of(calling), Message(b"?", {"x-secret": SECRET}))
    await bench.advance(0)
    for seconds, left in ((29 * 86_400, ["done", "orphan"]), (2 * 86_400, ["orphan"])):
        bench.clock.advance(seconds)
        assert await forget(bench.services, "all") == bench.clock.now() + FORGET_EVERY
        assert await all_of(bench, "state", "provider_messages") == left


async def test_a_webhook_before_its_handle_is_kept_until_it_is_an_orphan(bench: Bench, calling: Calling) -> None:
    await pay(bench)
    reference = calling.sent[0].reference
    early = {"type": "news", "key": "early", "handle": "theirs-of-nobody", "outcome": "succeeded"}
    await receive_webhook(bench.services, "calling", None, signed(early))
    known = {"type": "news", "key": "known", "handle": calling.handle(reference)}
    await receive_webhook(bench.services, "calling", None, signed(known))
    await bench.advance(1)
    assert await all_of(bench, "state", "provider_messages") == ["received", "done"]
    await bench.advance(3600)
    assert await all_of(bench, "state", "provider_messages") == ["orphan", "done"]
    assert await all_of(bench, "kind", "operator_cases") == ["orphan"]


@pytest.mark.parametrize("point", ["before_keeping", "after_keeping"])
async def test_a_crash_while_a_message_is_taken_in(bench: Bench, calling: Calling, point: str) -> None:
    calling.loses_answers = True
    intent = await pay(bench)
    told = signed({"type": "news", "key": "k1", "outcome": "succeeded", "amount": 500})
    with failpoints.armed(point, _crash), pytest.raises(CrashError):
        await receive_callback(bench.services, token_of(calling), told)
    await receive_callback(bench.services, token_of(calling), told)
    await bench.advance(0)
    assert await status(bench, intent) == "succeeded"


@pytest.mark.parametrize("point", ["before_acting", "after_acting"])
async def test_a_crash_while_a_message_is_acted_on(bench: Bench, calling: Calling, point: str) -> None:
    calling.loses_answers = True
    intent = await pay(bench)
    told = signed({"type": "news", "key": "k1", "outcome": "succeeded", "amount": 500})
    await receive_callback(bench.services, token_of(calling), told)
    with failpoints.armed(point, _crash), pytest.raises(CrashError):
        await bench.advance(0)
    bench.clock.pass_real_time(61)
    await bench.advance(5)
    assert await status(bench, intent) == "succeeded"
    assert (await bench.event_types()).count("payment_intent.succeeded") == 1
    assert await all_of(bench, "state", "provider_messages") == ["done"]


async def test_forgeries_are_counted_and_not_kept(bench: Bench, calling: Calling) -> None:
    """Those of one second in one write, which comes with the first one after it."""
    await pay(bench)
    for pause, send in enumerate(
        (
            receive_webhook(bench.services, "calling", None, signed({"type": "news", "key": "k"}, "guessed")),
            receive_callback(bench.services, token_of(calling), signed({"type": "news", "key": "k"}, "guessed")),
            receive_webhook(bench.services, "calling", "pc_of_nobody", signed({"type": "news", "key": "k"})),
        )
    ):
        bench.clock.pass_real_time(pause // 2)
        with pytest.raises(ProblemError, match="signature_invalid"):
            await send
    for path in ("0" * 64, "0" * 40, "x"):
        with pytest.raises(ProblemError, match="route_missing"):
            await receive_callback(bench.services, path, signed({"type": "news", "key": "k"}))
    async with bench.store.reading() as reader:
        assert [row["messages"] for row in await reader.fetch_all("SELECT messages FROM provider_forgeries", {})] == [3]
        assert await reader.fetch_all("SELECT id FROM provider_messages", {}) == []


async def test_an_unreadable_message_is_kept_for_people(bench: Bench, calling: Calling) -> None:
    await pay(bench)
    message = signed({})
    broken = type(message)(b"\xff{", message.headers)
    assert (await receive_callback(bench.services, token_of(calling), broken)).status == 200
    await bench.advance(0)
    assert await all_of(bench, "kind", "operator_cases") == ["orphan"]


async def test_money_that_is_awaited_settles_and_other_money_is_in_suspense(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    wish = {"amount": 500, "currency": "KES", "account_reference": intent["id"]}
    for members, accepted in (
        (wish, True),
        ({**wish, "amount": 400}, False),
        ({**wish, "account_reference": "?"}, False),
    ):
        answer = await receive_webhook(bench.services, "calling", None, signed({"type": "may", **members}))
        assert answer.body == {"accepted": accepted}
    money = {"type": "money", "key": "m1", "transaction_id": "R1", **wish}
    for _ in range(2):
        await receive_webhook(bench.services, "calling", None, signed(money))
        await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    await receive_webhook(bench.services, "calling", None, signed({**money, "key": "told in another way"}))
    await bench.advance(0)
    assert await all_of(bench, "kind", "operator_cases") == []
    stray = {**money, "key": "m2", "transaction_id": "R2", "account_reference": "nobody"}
    for _ in range(2):
        await receive_webhook(bench.services, "calling", None, signed(stray))
        await bench.advance(0)
    assert await all_of(bench, "kind", "operator_cases") == ["unmatched_money"]
    told = [each for each in await bench.events() if each["type"] == "payment.unmatched_received"]
    (case,) = await all_of(bench, "id", "operator_cases")
    assert [each["data"]["object"] for each in told] == [
        {
            "id": case,
            "object": "received_payment",
            "amount": 500,
            "currency": "KES",
            "provider": "calling",
            "provider_transaction_id": "R2",
            "account_reference": "nobody",
            "livemode": False,
            "created_at": told[0]["created_at"],
        }
    ]
    assert await bench.sums() == {"provider_clearing": 1000, "merchant_payable": -500, "suspense": -500}


async def test_a_live_webhook_need_not_name_the_configuration_of_the_only_account(
    bench: Bench, calling: Calling, caplog: pytest.LogCaptureFixture
) -> None:
    other = Account("acct_2", livemode=False)
    async with bench.store.transaction() as tx:
        await accounts.insert(tx, AccountRow(other.id, "MOLAM-2", "eu-west", (), None, 0))
    told = signed({"type": "other"}, "our-own-secret")
    bench.services = replace(bench.services, settings=Settings(livemode=True))
    for account, configured in ((ACCOUNT, 1), (other, 2)):
        with pytest.raises(ProblemError, match="parameter_missing" if configured == 1 else "signature_invalid"):
            await receive_webhook(bench.services, "calling", None, signed({"type": "other"}, "guessed"))
        settings = {"till": "555", "secret": "our-own-secret"}
        await bench.call(configure_provider, {"settings": settings}, name="calling", account=account)
        async with bench.store.transaction() as tx:
            await tx.execute("UPDATE provider_configurations SET livemode = TRUE", {})
        if configured == 1:
            assert (await receive_webhook(bench.services, "calling", None, told)).status == 200
            assert "configuration=" in caplog.text
    with pytest.raises(ProblemError, match="parameter_missing"):
        await receive_webhook(bench.services, "calling", None, told)


async def test_configurations_change_by_identity_and_old_attempts_keep_theirs(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    assert calling.accounts == ["174379"]
    settings = {"till": "555", "secret": "another-secret"}
    other = (await bench.call(configure_provider, {"settings": settings}, name="calling")).json
    assert other["environment"] == "simulator"
    await bench.advance(60)
    assert calling.accounts == ["174379", "174379"]
    refused = await bench.call(create_refund, {"amount": 100}, charge_id=intent["id"])
    assert (refused.status, refused.json["code"]) == (400, "partial_refund_unsupported")
    await bench.call(create_refund, {}, charge_id=intent["id"])
    await pay(bench)
    assert calling.accounts[2:] == ["174379", "555"]
    rolled = (await bench.call(configure_provider, {"settings": {"secret": "rolled-secret"}}, name="calling")).json
    assert (rolled["id"], rolled["version"]) == (other["id"], 2)
    back = (await bench.call(configure_provider, {"settings": {"till": "174379"}}, name="calling")).json
    assert back["id"] != other["id"]
    assert len(await all_of(bench, "id", "provider_configurations")) == 2
    told = signed({"type": "news", "key": "k"}, "rolled-secret")
    assert (await receive_webhook(bench.services, "calling", None, told)).status == 200


async def test_what_is_shown_of_a_configuration_is_masked(bench: Bench, calling: Calling) -> None:
    settings = {"till": "555", "secret": "a-very-long-secret"}
    first = await bench.call(configure_provider, {"settings": settings}, name="calling")
    assert b"a-very-long" not in first.content
    secret = next(each for each in first.json["settings"] if each["name"] == "secret")
    assert (secret["value"], secret["last4"]) == (None, "cret")
    token = first.json["callback_url"].rpartition("/")[2]
    assert set(token) <= set("0123456789abcdef")
    turned = (await bench.call(configure_provider, {"rotate_callback_token": True}, name="calling")).json
    assert turned["callback_url"] != first.json["callback_url"]
    message = signed({"type": "other"}, "a-very-long-secret")
    for url in (first.json["callback_url"], turned["callback_url"]):
        assert (await receive_callback(bench.services, url.rpartition("/")[2], message)).status == 200
    bench.clock.advance(8 * 86_400)
    with pytest.raises(ProblemError, match="route_missing"):
        await receive_callback(bench.services, token, message)
    assert (await bench.call(try_provider, name="calling")).json["succeeded"] is True
    shown = await bench.call(retrieve_provider_configuration, name="calling")
    assert shown.json["callback_url"] == turned["callback_url"]
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT secrets FROM provider_configurations", {})
    assert "a-very-long" not in str(rows)


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"settings": {"till": "x"}}, "parameter_invalid", "settings.till"),
        ({"settings": {"tilt": "555"}}, "parameter_unknown", "settings"),
        ({"environment": "live"}, "parameter_invalid", "environment"),
        ({"environment": "test", "settings": {"till": "555"}}, "parameter_missing", "settings.secret"),
    ],
)
async def test_a_configuration_that_cannot_be_is_refused(
    bench: Bench, calling: Calling, body: dict[str, object], code: str, param: str
) -> None:
    refused = await bench.call(configure_provider, body, name="calling")
    assert (refused.status, refused.json["code"], refused.json["param"]) == (400, code, param)


async def test_a_disabled_configuration_takes_no_payments(bench: Bench, calling: Calling) -> None:
    await bench.call(configure_provider, {"enabled": False}, name="calling")
    refused = await bench.call(create_payment_intent, PAYMENT)
    assert (refused.status, refused.json["code"]) == (400, "provider_not_configured")
    assert SECRET not in refused.content.decode()


async def test_what_was_lost_is_sent_again_with_the_credentials_of_its_account_after_others_are_configured(
    bench: Bench,
) -> None:
    sent: list[str] = []

    class Lossy(Paystack):
        async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
            sent.append(configuration.secret("secret_key"))
            return Unknown("lost") if len(sent) == 1 else Succeeded("4000000001")

        async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> None:
            return None

    first = {"integration": "100032", "secret_key": "sk_test_of_the_first_one"}
    simulated = Simulated("http://simulator", lambda: ({}, {}))
    bench.services = replace(bench.services, providers=registry(None, [Lossy()], simulated={"paystack": simulated}))
    bench.runner = JobRunner(bench.services, HANDLERS)
    assert (await bench.call(configure_provider, {"settings": first}, name="paystack")).status == 200
    body = {"amount": 500, "currency": "NGN", "confirm": True, "payment_method": "pm_AUTH_k2j3h4"}
    intent = (await bench.call(create_payment_intent, {**body, "customer": {"email": "a@b.example"}})).json
    await bench.call(
        configure_provider,
        {"settings": {"integration": "100033", "secret_key": "sk_test_of_another_one"}},
        name="paystack",
    )
    await bench.advance(120)
    assert await status(bench, intent) == "succeeded"
    assert sent == ["sk_test_of_the_first_one"] * 2
    nameless = await bench.call(
        configure_provider, {"settings": {"secret_key": "sk_test_of_nobody"}, "environment": "test"}, name="paystack"
    )
    assert (nameless.status, nameless.json["param"]) == (400, "settings.integration")
