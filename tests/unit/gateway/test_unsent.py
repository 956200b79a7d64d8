"""What never reached its provider is sent by the next call with its key, or given up; never twice, never in doubt."""

from dataclasses import replace

import pytest

from molam_gateway import failpoints
from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import NotSent, Pending, Succeeded, Unknown
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.refunds import create_refund
from molam_gateway.providers.contract import Capabilities

from .bench import Bench, Reply
from .test_providers import PAYMENT, Scripted

pytestmark = pytest.mark.anyio

UNREACHED = NotSent("no route")


class CrashError(BaseException):
    """Ends the process's work on the spot."""


def _crash() -> None:
    raise CrashError


@pytest.fixture
def scripted(bench: Bench) -> Scripted:
    provider = Scripted()
    bench.use(provider)
    return provider


async def pay(bench: Bench, key: str = "pay") -> Reply:
    return await bench.call(create_payment_intent, PAYMENT, key=key)


async def only(bench: Bench, column: str, table: str) -> list[object]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(f"SELECT {column} FROM {table}", {})  # noqa: S608 - the names are the tests'
    return [row[column] for row in rows]


async def test_the_same_call_sends_it_once_the_provider_is_back(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [UNREACHED, UNREACHED, Succeeded("t", handle="their-name")]
    for _ in range(2):
        refused = await pay(bench)
        assert (refused.status, refused.json["code"], refused.json["retryable"]) == (503, "provider_unavailable", True)
        assert await only(bench, "state", "attempts") == ["unsent"]
    paid = await pay(bench)
    assert (paid.status, paid.json["status"]) == (201, "succeeded")
    assert (await pay(bench)).headers["Idempotent-Replayed"] == "true"
    assert len({each.reference for each in scripted.sent}) == 1
    assert await only(bench, "handle", "attempts") == ["their-name"]
    assert await only(bench, "id", "payment_intents") == [paid.json["id"]]


async def test_what_nobody_repeats_is_given_up_for_good(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [UNREACHED, Succeeded("t")]
    await pay(bench)
    await bench.advance(119)
    assert await only(bench, "state", "attempts") == ["unsent"]
    await bench.advance(2)
    assert await only(bench, "state", "attempts") == ["failed"]
    refused = await pay(bench)
    assert (refused.status, refused.json["code"], refused.json["retryable"]) == (402, "payment_not_sent", False)
    id = str(refused.json["resource"]["id"])
    intent = (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json
    assert (intent["status"], intent["last_error"]["code"]) == ("requires_payment_method", "provider_unavailable")
    assert len(scripted.sent) == 1


@pytest.mark.parametrize("point", ["before_sending_again", "after_sending_again"])
async def test_a_crash_while_sending_again_leaves_it_in_doubt(bench: Bench, scripted: Scripted, point: str) -> None:
    scripted.sends = [UNREACHED, Succeeded("t")]
    scripted.queries = [Unknown("no answer"), Succeeded("t")]
    await pay(bench)
    with failpoints.armed(point, _crash), pytest.raises(CrashError):
        await pay(bench)
    sent = len(scripted.sent)
    bench.clock.pass_real_time(31)
    await bench.advance(1)
    assert await only(bench, "state", "attempts") == ["unknown"]
    await bench.advance(3600)
    assert await only(bench, "state", "attempts") == ["succeeded"]
    assert len(scripted.sent) == sent


async def test_a_crash_after_giving_up_changes_nothing(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [UNREACHED]
    await pay(bench)
    with failpoints.armed("after_giving_up", _crash), pytest.raises(CrashError):
        await bench.advance(120)
    assert await only(bench, "state", "attempts") == ["failed"]
    await bench.advance(3600)
    assert await only(bench, "state", "attempts") == ["failed"]


async def test_not_reaching_it_a_second_time_does_not_undo_the_first(bench: Bench, scripted: Scripted) -> None:
    """A provider that recognises repetitions: the first try may have arrived, the second one did not."""
    scripted.capabilities = _recognising(scripted)
    scripted.sends = [RuntimeError("lost"), UNREACHED, Succeeded("t")]
    scripted.queries = [None, None]
    assert (await pay(bench)).json["status"] == "processing"
    await bench.advance(30)
    assert await only(bench, "state", "attempts") == ["unknown"]
    await bench.advance(60)
    assert await only(bench, "state", "attempts") == ["succeeded"]


async def test_too_old_is_never_sent_again(bench: Bench, scripted: Scripted) -> None:
    scripted.capabilities = _recognising(scripted)
    scripted.sends = [RuntimeError("lost")]
    scripted.queries = [UNREACHED, UNREACHED, UNREACHED, None]
    await pay(bench)
    await bench.advance(30 + 60 + 120 + 240)
    assert len(scripted.sent) == 1
    assert await only(bench, "state", "attempts") == ["unknown"]


async def test_a_refund_and_a_void_that_were_not_sent(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), UNREACHED, Succeeded("t2"), UNREACHED, UNREACHED]
    held = (await bench.call(create_payment_intent, {**PAYMENT, "capture_method": "manual"})).json
    refused = await bench.call(cancel_payment_intent, {}, key="cancel", payment_intent_id=held["id"])
    assert refused.status == 503
    await bench.advance(121)
    again = await bench.call(cancel_payment_intent, {}, key="cancel", payment_intent_id=held["id"])
    assert (again.status, again.json["code"]) == (409, "invalid_state")
    captured = await bench.call(capture_payment_intent, {}, payment_intent_id=held["id"])
    assert captured.json["status"] == "succeeded"
    for _ in range(2):
        assert (await bench.call(create_refund, {}, key="refund", charge_id=held["id"])).status == 503
    await bench.advance(121)
    failed = await bench.call(create_refund, {}, key="refund", charge_id=held["id"])
    assert (failed.status, failed.json["status"], failed.json["failure_reason"]) == (
        201,
        "failed",
        "provider_unavailable",
    )
    assert await bench.sums() == {"merchant_payable": -100, "provider_clearing": 100}


async def test_what_nobody_knows_goes_to_people_and_may_still_arrive(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [RuntimeError("lost")]
    scripted.queries = [Unknown("no answer")] * 200
    intent = (await pay(bench)).json
    await bench.advance(3 * 86_400 + 3600)
    assert await only(bench, "kind", "operator_cases") == ["parked"]
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json["status"] == "processing"
    scripted.queries = [Succeeded("t")]
    await bench.advance(86_400)
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json["status"] == "succeeded"
    assert await only(bench, "resolution", "operator_cases") == ["succeeded"]


async def test_who_cannot_be_asked_is_not_asked(bench: Bench, scripted: Scripted) -> None:
    scripted.capabilities = replace(scripted.capabilities, queries=frozenset())
    scripted.sends = [RuntimeError("lost"), Pending(30, handle="h")]
    scripted.queries = [Succeeded("t")]
    await pay(bench)
    await bench.advance(3600)
    assert await only(bench, "kind", "operator_cases") == ["parked"]
    assert len(scripted.queries) == 1
    assert (await pay(bench, "second")).json["status"] == "processing"
    await bench.advance(30)
    assert scripted.queries == []
    assert sorted(map(str, await only(bench, "state", "attempts"))) == ["succeeded", "unknown"]


def _recognising(scripted: Scripted) -> Capabilities:
    return replace(scripted.capabilities, resend_for={AttemptKind.CHARGE: 300.0})
