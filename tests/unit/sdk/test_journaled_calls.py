"""The journal of a client: begun before the first byte, finished with what is known, never in the way of an answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk._calls import journaling
from molam_sdk.journal import Begun, Ended, fingerprint
from tests.unit.sdk.notebook import AsyncNotebook, Notebook, journal_for
from tests.unit.sdk.scripted import API_KEY, Answer, Driver, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_answer, example_intent
from tests.unit.sdk.test_recover import Api, Busy, event

BASE = "http://127.0.0.1:1"
LOST = httpx.ReadError("gone")
DECLINED = refused(
    402, "card_declined", body={"error_type": "payment_error", "resource": {"object": "payment_intent", "id": "pi_7"}}
)


@contextmanager
def journaled(kind: str, script: Script, pages: Notebook, **options: Any) -> Generator[Driver]:
    with driving(kind, script, journal=journal_for(kind, pages), max_retries=0, **options) as driver:
        yield driver


def test_the_entry_is_what_is_sent(kind: str) -> None:
    pages = Notebook()
    begun: list[int] = []

    def look(_: httpx.Request) -> httpx.Response:
        begun.append(len(pages.rows))
        return answered(Request_Id="req_1")

    script = Script(look)
    with journaled(kind, script, pages, account="acct_1", deadline=20.0) as driver:
        driver.create(idempotency_key="order-1", metadata={"a": "é"})
    (request,) = script.requests
    entry, ended = pages.only.entry, pages.only.ended
    assert begun == [1]
    assert (entry.idempotency_key, entry.operation) == ("order-1", "create_payment_intent")
    assert (entry.account, entry.livemode, entry.region) == ("acct_1", False, BASE)
    assert (entry.target, entry.content) == (request.url.path, request.content)
    assert entry.fingerprint == fingerprint("POST", entry.target, entry.content)
    assert abs((datetime.now(UTC) - entry.created_at).total_seconds()) < 60
    assert entry.lease == 80.0
    assert ended is not None
    assert (ended.ending, ended.status_code, ended.object_id) == ("succeeded", 201, example_intent()["id"])
    assert ended.request_id == "req_1"
    assert pages.said == [("begin", "order-1"), ("finish", "succeeded")]


def test_reads_are_not_written_down(kind: str) -> None:
    pages = Notebook()
    with journaled(kind, Script(answered(200, example_intent())), pages) as driver:
        driver.call("payment_intents.retrieve", example_intent()["id"])
    assert pages.said == []


@pytest.mark.parametrize(
    ("answer", "ending", "status", "code", "object_id"),
    [
        (answered(201, {"id": "pi_1"}), "succeeded", 201, None, "pi_1"),
        (answered(201, "unreadable"), "in_doubt", 201, None, None),
        (answered(200, {"status": "ok"}), "in_doubt", 200, None, None),
        (DECLINED, "rejected", 402, "card_declined", "pi_7"),
        (refused(400, "amount_invalid"), "rejected", 400, "amount_invalid", None),
        (httpx.ConnectError("refused"), "not_sent", None, None, None),
        (LOST, "in_doubt", None, None, None),
        (refused(503), "in_doubt", 503, None, None),
        (httpx.Response(403, text="blocked on its way back"), "in_doubt", 403, None, None),
    ],
    ids=["id only", "unreadable", "nameless", "declined", "invalid", "refused", "lost", "failed", "a proxy"],
)
def test_the_end_is_written_as_far_as_it_is_known(
    kind: str, answer: Answer, ending: str, status: int | None, code: str | None, object_id: str | None
) -> None:
    pages = Notebook()
    with journaled(kind, Script(answer), pages) as driver:
        driver.fail(errors.MolamError)
    ended = pages.only.ended
    assert ended is not None
    assert (ended.ending, ended.status_code, ended.code, ended.object_id) == (ending, status, code, object_id)


def test_a_journal_in_which_something_was_cancelled_changes_nothing() -> None:
    class TornDown(AsyncNotebook):
        async def finish(self, token: str, ended: Ended) -> bool:
            raise asyncio.CancelledError

    pages = Notebook()
    with driving("async", Script(answered()), journal=TornDown(pages)) as driver:
        assert driver.create().amount == 2500
    assert pages.only.ended is None


def test_every_success_of_the_spec_names_its_object() -> None:
    for operation in OPERATIONS.values():
        if operation.needs_idempotency_key:
            success = example_answer(operation.id)[1]
            named = {"id", "transaction_id"} & success.keys()
            assert named or success["object"] in journaling.NAMELESS, operation.id


def test_what_cannot_be_written_down_is_not_sent(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    pages.broken["begin"] = errors.StorageError("no space left")
    with journaled(kind, script, pages) as driver:
        error = driver.fail(errors.StorageError)
    assert (error.outcome, error.attempts) == ("not_sent", 0)
    assert error.idempotency_key is not None
    assert script.requests == []


@pytest.mark.parametrize("failure", [errors.StorageError("broke", outcome="unknown"), RuntimeError("secret")], ids=repr)
def test_an_entry_that_may_be_there_after_all_can_be_resolved(kind: str, failure: Exception) -> None:
    """`recover` would send it, so a call with another key would be the second."""
    pages, script = Notebook(), Script(answered())
    pages.broken["begin"] = failure
    with journaled(kind, script, pages) as driver:
        error = driver.fail(errors.StorageError)
        assert error.outcome == "unknown"
        assert "error.idempotency_key" in str(error)
        assert "secret" not in str(error)
        assert script.requests == []
        pages.broken.clear()
        assert driver.call("resolve", error).amount == 2500
    assert pages.endings == ["succeeded"]
    assert script.sent("Idempotency-Key") == [error.idempotency_key]


def test_a_key_of_another_request_is_refused_before_sending(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    with journaled(kind, script, pages) as driver:
        driver.create(idempotency_key="order-1")
        error = driver.fail(errors.IdempotencyError, amount=7, idempotency_key="order-1")
    assert (error.outcome, error.idempotency_key) == ("not_sent", "order-1")
    assert len(script.requests) == 1


@pytest.mark.parametrize("failure", [errors.StorageError("down"), RuntimeError("+221770000000")], ids=repr)
def test_an_answer_counts_even_if_it_cannot_be_noted(
    kind: str, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    pages = Notebook()
    pages.broken["finish"] = failure
    with journaled(kind, Script(answered(), DECLINED), pages) as driver, caplog.at_level(logging.WARNING):
        assert driver.create().amount == 2500
        assert driver.fail(errors.DeclinedError).outcome == "rejected"
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert all("create_payment_intent" in line and "recover()" in line for line in said)
    assert "+221770000000" not in caplog.text


SENDABLE_AGAIN: dict[str, Answer] = {
    "not sent": httpx.ConnectError("refused"),
    "timed out": httpx.ConnectTimeout("late"),
    "invalid": refused(400, "amount_invalid", body={"detail": "amount is wrong"}),
    "unauthorized": refused(401, "api_key_invalid"),
    "reused": refused(422, "idempotency_key_reused"),
    "throttled": refused(429, "rate_limited"),
}
"""Ends after which a call may be made again, with another key too, as long as nobody else sends it."""


def advises_to_resolve(error: errors.MolamError) -> bool:
    """Whether a message tells to keep the key, and says nothing from which one could read the contrary."""
    message = str(error)
    assert message == error.message
    contrary = ("nothing was done", "again", "new idempotency key", "correct the request", "use a valid API key")
    assert [words for words in contrary if words in message.replace("sends it again", "")] == []
    return message.endswith(
        ": call client.resolve(error), or repeat it with error.idempotency_key, never with a new key"
    )


@pytest.mark.parametrize("answer", SENDABLE_AGAIN.values(), ids=SENDABLE_AGAIN)
def test_a_call_that_recover_will_send_again_is_not_over(kind: str, answer: Answer) -> None:
    """Nothing was done so far, but the entry is still open: whoever calls with a new key now would do it twice."""
    pages = Notebook()
    pages.broken["finish"] = errors.StorageError("down")
    with journaled(kind, Script(answer, answered()), pages) as driver:
        error = driver.fail(errors.MolamError)
        assert error.outcome == "unknown"
        assert "its entry in the journal is still open" in str(error)
        assert advises_to_resolve(error)
        pages.broken.clear()
        driver.call("resolve", error)
    assert pages.endings == ["succeeded"]


def test_resolving_settles_the_entry_too(kind: str) -> None:
    pages = Notebook()
    with journaled(kind, Script(LOST, LOST, answered()), pages) as driver:
        error = driver.fail(errors.NetworkError)
        first = pages.only.entry.created_at
        again = driver.fail(errors.NetworkError, "resolve", error)
        assert pages.endings == ["in_doubt"]
        driver.call("resolve", again)
    assert pages.endings == ["succeeded"]
    assert pages.only.entry.created_at == first


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_call_stays_in_flight(kind: str, interruption: type[BaseException]) -> None:
    pages = Notebook()

    def interrupt(_: httpx.Request) -> httpx.Response:
        raise interruption

    with journaled(kind, Script(interrupt), pages) as driver, pytest.raises(interruption):
        driver.create()
    assert pages.endings == [None]


def test_a_cancelled_call_stays_in_flight() -> None:
    pages = Notebook()
    reached = asyncio.Event()

    class Hanging(Script):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reached.set()
            await asyncio.sleep(60)
            return self.handle_request(request)

    async def cancel() -> None:
        client = MolamAsyncClient(
            api_key=API_KEY, api_base=BASE, transport=Hanging(answered()), journal=AsyncNotebook(pages)
        )
        call = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await reached.wait()
        call.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await call

    asyncio.run(cancel())
    assert pages.endings == [None]


def test_a_journal_that_hangs_costs_the_deadline_and_no_more() -> None:
    class Stuck(AsyncNotebook):
        async def begin(self, entry: Any) -> Begun:
            await asyncio.sleep(60)
            return self.pages.begin(entry)

    async def call() -> errors.MolamError:
        script = Script(answered())
        client = MolamAsyncClient(
            api_key=API_KEY, api_base=BASE, transport=script, journal=Stuck(Notebook()), deadline=0.05
        )
        with pytest.raises(errors.StorageError) as caught:
            await client.payment_intents.create(amount=1, currency="USD")
        assert script.requests == []
        return caught.value

    assert asyncio.run(call()).outcome == "unknown"


def test_the_time_that_writing_takes_is_the_calls(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    with journaled(kind, script, pages, deadline=10.0) as driver:
        keep = pages.begin

        def slowly(seconds: float) -> Any:
            def begin(entry: Any) -> Begun:
                driver.clock.now += seconds
                return keep(entry)

            return begin

        pages.begin = slowly(4.0)  # type: ignore[method-assign]
        driver.create()
        pages.begin = slowly(11.0)  # type: ignore[method-assign]
        error = driver.fail(errors.TimeoutError)
    assert script.sent("Molam-Deadline-Ms") == ["6000"]
    assert error.outcome == "not_sent"
    assert pages.endings == ["succeeded", "not_sent"]


def test_a_call_that_moves_is_written_down_where_it_goes(kind: str) -> None:
    def in_b(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("a."):
            raise httpx.ConnectError("refused")
        raise LOST

    pages = Notebook()
    regions = {"a": "https://a.example", "b": "https://b.example"}
    options: dict[str, Any] = {"api_base": ..., "region": "a", "regions": regions, "fallback_regions": ["b"]}
    with driving(
        kind, Script(in_b), journal=journal_for(kind, pages), write_failover=True, max_retries=1, **options
    ) as driver:
        driver.fail(errors.NetworkError)
    assert pages.only.entry.region == "https://b.example"
    assert [method for method, _ in pages.said] == ["begin", "finish", "begin", "finish"]
    assert [what for method, what in pages.said if method == "finish"] == ["not_sent", "in_doubt"]


def test_a_call_that_is_open_in_one_region_is_not_sent_to_another(kind: str) -> None:
    """The two regions do not know each other's keys."""
    pages, script = Notebook(), Script(LOST)
    regions = {"a": "https://a.example", "b": "https://b.example"}
    for region in regions:
        with journaled(kind, script, pages, api_base=..., region=region, regions=regions) as driver:
            error = driver.fail(errors.MolamError, idempotency_key="order-1")
        assert (error.outcome, error.idempotency_key) == ("unknown", "order-1")
    assert [request.url.host for request in script.requests] == ["a.example"]


def test_a_copy_may_do_without(kind: str) -> None:
    pages = Notebook()
    with journaled(kind, Script(answered()), pages) as driver:
        driver.with_options(journal=None).create()
        assert pages.said == []
        driver.with_options(deadline=5).create()
        assert pages.endings == ["succeeded"]


def test_a_journal_of_the_other_kind_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="MolamAsyncClient"):
        MolamClient(api_key=API_KEY, journal=AsyncNotebook(Notebook()))
    with pytest.raises(errors.ConfigurationError, match="coroutines"):
        MolamAsyncClient(api_key=API_KEY, journal=Notebook())
    with pytest.raises(errors.ConfigurationError, match="coroutines"):
        MolamAsyncClient(api_key=API_KEY).with_options(journal=Notebook())


def test_the_class_of_a_journal_is_no_journal() -> None:
    for made, journal in ((MolamClient, Notebook), (MolamAsyncClient, AsyncNotebook)):
        with pytest.raises(errors.ConfigurationError, match="not the class"):
            made(api_key=API_KEY, journal=journal)  # type: ignore[arg-type]


def test_the_journal_of_a_client_with_a_token_says_whose_calls_it_keeps(kind: str) -> None:
    """Every token is the same to it, and `recover` of merchant B would make the payments of merchant A."""
    pages = Notebook()
    with driving(kind, Script(answered())) as driver:
        error = driver.fail(
            errors.ConfigurationError, "with_options", api_key="eyJh.eyJz.c2ln", journal=journal_for(kind, pages)
        )
        assert "owner=" in str(error)
        assert "eyJz" not in str(error)
        pages.owner = "shop-a"
        driver.with_options(api_key="eyJh.eyJz.c2ln", journal=journal_for(kind, pages)).create()
        driver.with_options(api_key=API_KEY, journal=journal_for(kind, Notebook())).create()
    assert pages.endings == ["succeeded"]


def test_answers_with_secrets_leave_none_in_the_journal(kind: str) -> None:
    pages = Notebook()
    with journaled(kind, Script(answered(201, {"id": "we_1", "secret": "whsec_canary"})), pages) as driver:
        driver.call("with_raw_response.webhook_endpoints.create", url="https://a.example", enabled_events=["*"])
    ended = pages.only.ended
    assert ended is not None
    assert (ended.ending, ended.object_id) == ("succeeded", "we_1")
    assert "canary" not in f"{pages.only.ended}{pages.only.entry}"


def test_the_same_request_in_another_order_is_no_other_one(kind: str) -> None:
    """The API sorts the members; whoever heard of another request would use another key and pay twice."""
    pages, script = Notebook(), Script(LOST)
    with journaled(kind, script, pages) as driver:
        driver.fail(errors.NetworkError, idempotency_key="order-1", metadata={"a": "1", "b": "2"})
        first = pages.only.entry.content
        script.then(answered())
        driver.create(idempotency_key="order-1", metadata={"b": "2", "a": "1"})
    assert pages.endings == ["succeeded"]
    assert pages.only.entry.content == first
    assert len(script.requests) == 2


def test_a_key_of_a_request_that_may_have_been_done_stays_unknown(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    pages.broken["begin"] = errors.IdempotencyError("for another one", outcome="unknown")
    with journaled(kind, script, pages) as driver:
        error = driver.fail(errors.IdempotencyError, idempotency_key="order-1")
        assert (error.outcome, str(error)) == ("unknown", "for another one")
        driver.fail(errors.IdempotencyError, "resolve", error)
    assert script.requests == []
    pages.broken["in_doubt"] = pages.broken["begin"]
    regions = {"a": "https://a.example"}
    lost = Script(LOST)
    with journaled(kind, lost, pages, api_base=..., region="auto", regions=regions) as driver:
        error = driver.fail(errors.IdempotencyError, idempotency_key="order-1")
    assert error.outcome == "unknown"
    assert [request.method for request in lost.requests] == ["GET"]


def test_a_bad_argument_keeps_the_key_and_writes_nothing(kind: str) -> None:
    pages = Notebook()
    with journaled(kind, Script(answered()), pages) as driver:
        error = driver.fail(errors.ValidationError, "call", "confirm_payment_intent", "../x", idempotency_key="order-1")
    assert (error.outcome, error.idempotency_key) == ("not_sent", "order-1")
    assert pages.said == []


# What the journal knows of a key that this call does not


def crash(kind: str, pages: Notebook, ending: str | None = None) -> None:
    """A process that died after it sent a call, of which the journal may know the end."""
    with journaled(kind, Script(LOST), pages) as driver:
        driver.fail(errors.NetworkError, idempotency_key="order-1")
    pages.only.ended = None if ending is None else Ended(ending=ending)  # type: ignore[arg-type]
    pages.crash()


REFUSED = [httpx.ConnectError("refused"), refused(401, "api_key_invalid"), refused(429), refused(404)]


@pytest.mark.parametrize("ending", [None, "in_doubt", "stale", "succeeded"])
@pytest.mark.parametrize("answer", REFUSED, ids=["not sent", "unauthorized", "throttled", "a proxy"])
def test_what_may_have_been_done_before_stays_unknown(kind: str, answer: Answer, ending: str | None) -> None:
    pages = Notebook()
    crash(kind, pages, ending)
    with journaled(kind, Script(answer, answered()), pages) as driver:
        error = driver.fail(errors.MolamError, idempotency_key="order-1")
        assert error.outcome == "unknown"
        assert pages.endings == ["in_doubt"]
        assert driver.call("resolve", error).amount == 2500
    assert pages.endings == ["succeeded"]


@pytest.mark.parametrize("ending", ["rejected", "not_sent"])
def test_what_came_to_nothing_before_is_no_doubt(kind: str, ending: str) -> None:
    pages = Notebook()
    crash(kind, pages, ending)
    with journaled(kind, Script(httpx.ConnectError("refused")), pages) as driver:
        assert driver.fail(errors.MolamError, idempotency_key="order-1").outcome == "not_sent"


def test_a_stored_refusal_settles_what_was_in_doubt(kind: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    with journaled(kind, Script(DECLINED), pages) as driver:
        assert driver.fail(errors.DeclinedError, idempotency_key="order-1").outcome == "rejected"
    assert pages.endings == ["rejected"]


def test_a_call_in_doubt_is_sent_once_for_each_attempt_and_seen_so(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    crash(kind, pages)
    sent: list[Any] = []
    with journaled(kind, script, pages, event_hooks={"request": sent.append}) as driver:
        driver.create(idempotency_key="order-1")
    assert len(script.requests) == len(sent) == 1
    assert sent[0].attempt == 1


def taken_over(kind: str, answer: Answer) -> errors.MolamError:
    """The lease ran out while this process did not move, and `recover` of another one has the entry now."""
    pages = Notebook()

    def taken(request: httpx.Request) -> httpx.Response:
        pages.only.token = "another"
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, httpx.Response)
        return answer

    with journaled(kind, Script(taken), pages) as driver:
        return driver.fail(errors.MolamError, idempotency_key="order-1")


@pytest.mark.parametrize("answer", SENDABLE_AGAIN.values(), ids=SENDABLE_AGAIN)
def test_what_another_process_has_taken_over_may_be_done_by_it(kind: str, answer: Answer) -> None:
    error = taken_over(kind, answer)
    assert error.outcome == "unknown"
    assert "another process has taken its entry over and may have sent it" in str(error)
    assert advises_to_resolve(error)


def test_a_refusal_that_the_contract_stores_is_the_same_for_who_takes_over(kind: str) -> None:
    error = taken_over(kind, DECLINED)
    assert error.outcome == "rejected"
    assert "another process" not in str(error)


# Keys that are too old to be sent


def age(pages: Notebook, hours: float) -> None:
    pages.change("order-1", created_at=datetime.now(UTC) - timedelta(hours=hours))


@pytest.mark.parametrize("by", ["the host", "the journal"])
def test_an_old_key_is_looked_up_in_place_of_a_new_charge(kind: str, by: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    if by == "the host":
        age(pages, 30)
    else:
        pages.age = 30 * 3600.0
    made = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    script = Script(Api((event("order-1", created_at=made),)))
    with journaled(kind, script, pages) as driver:
        assert driver.create(idempotency_key="order-1").id == example_intent()["id"]
    assert {request.method for request in script.requests} == {"GET"}
    assert pages.endings == ["succeeded"]


def test_an_old_key_that_nothing_names_is_for_a_person(kind: str) -> None:
    pages, script = Notebook(), Script(Api())
    crash(kind, pages)
    age(pages, 23)
    with journaled(kind, script, pages) as driver:
        error = driver.fail(errors.NetworkError, idempotency_key="order-1")
        assert (error.outcome, error.idempotency_key) == ("unknown", "order-1")
        assert "new key only after" in str(error)
        refusal = driver.fail(errors.ValidationError, "resolve", error)
    assert refusal.outcome == "unknown"
    assert {request.method for request in script.requests} == {"GET"}
    assert pages.endings == ["stale"]


def test_an_old_key_that_cannot_be_looked_up_now_stays_in_doubt(kind: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    age(pages, 24)
    with journaled(kind, Script(LOST), pages) as driver:
        assert driver.fail(errors.NetworkError, idempotency_key="order-1").outcome == "unknown"
    assert pages.endings == ["in_doubt"]


def test_an_old_decline_is_a_decline(kind: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    age(pages, 24)
    made = (datetime.now(UTC) - timedelta(hours=24)).isoformat()
    events = event("order-1", "payment_intent.failed", created_at=made), event("order-1", created_at=made)
    with journaled(kind, Script(Api(events)), pages) as driver:
        assert driver.fail(errors.DeclinedError, idempotency_key="order-1").outcome == "rejected"
    assert pages.endings == ["rejected"]


def test_what_an_old_key_made_and_is_gone_is_not_made_again(kind: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    age(pages, 24)
    made = (datetime.now(UTC) - timedelta(hours=24)).isoformat()
    with journaled(kind, Script(Api((event("order-1", created_at=made),), status=404)), pages) as driver:
        error = driver.fail(errors.UnexpectedResponseError, idempotency_key="order-1")
    assert (error.outcome, error.object_id) == ("unknown", example_intent()["id"])
    assert pages.endings == ["succeeded"]


def test_an_old_refund_of_a_payment_that_was_made_is_told_by_its_id(kind: str) -> None:
    """Nothing retrieves it in the form that the call returns: no other object is read in its place."""
    pages = Notebook()
    call: dict[str, Any] = {"amount": "4.00", "currency": "USD", "idempotency_key": "order-1"}
    with journaled(kind, Script(LOST), pages) as driver:
        driver.fail(errors.NetworkError, "gateway.payments.refund", "pi_0123456789", **call)
    pages.only.ended = Ended(ending="succeeded", object_id="re_1")
    age(pages, 24)
    script = Script(LOST)
    with journaled(kind, script, pages) as driver:
        error = driver.fail(errors.UnexpectedResponseError, "gateway.payments.refund", "pi_0123456789", **call)
    assert error.object_id == "re_1"
    assert "it was done then" in str(error)
    assert script.requests == []
    assert pages.endings == ["succeeded"]


def did(kind: str, pages: Notebook, object_id: str | None) -> None:
    """A process that did a call and noted that, more than a day ago."""
    crash(kind, pages)
    pages.only.ended = Ended(ending="succeeded", object_id=object_id)
    age(pages, 29 * 24)


def test_an_old_call_that_the_journal_knows_to_be_done_is_retrieved(kind: str) -> None:
    """Its events are gone: nobody may say that nothing shows it."""
    pages, script = Notebook(), Script(Api())
    did(kind, pages, str(example_intent()["id"]))
    with journaled(kind, script, pages) as driver:
        assert driver.create(idempotency_key="order-1").id == example_intent()["id"]
    assert [request.url.path.rpartition("/")[2] for request in script.requests] == [example_intent()["id"]]
    assert pages.endings == ["succeeded"]


@pytest.mark.parametrize("answer", [Api(status=404), LOST], ids=["gone", "lost"])
@pytest.mark.parametrize("object_id", ["pi_1", "odd?", None])
def test_an_old_call_that_the_journal_knows_to_be_done_is_not_made_again(
    kind: str, answer: Answer, object_id: str | None
) -> None:
    pages = Notebook()
    did(kind, pages, object_id)
    with journaled(kind, Script(answer), pages) as driver:
        error = driver.fail(errors.UnexpectedResponseError, idempotency_key="order-1")
    assert (error.outcome, error.object_id) == ("unknown", object_id)
    assert "it was done then" in str(error)
    assert object_id is None or object_id in str(error)
    assert str(error).endswith("do not make another")
    assert pages.endings == ["succeeded"]


def test_an_old_call_that_the_journal_knows_to_be_done_is_looked_for_without_an_id(kind: str) -> None:
    pages = Notebook()
    did(kind, pages, None)
    made = (datetime.now(UTC) - timedelta(hours=29 * 24)).isoformat()
    with journaled(kind, Script(Api((event("order-1", created_at=made),))), pages) as driver:
        assert driver.create(idempotency_key="order-1").id == example_intent()["id"]


def test_too_many_events_to_find_an_old_call_in_are_for_a_person(kind: str) -> None:
    pages = Notebook()
    crash(kind, pages)
    age(pages, 24)
    with journaled(kind, Script(Busy(Api(), minutes=5)), pages) as driver:
        error = driver.fail(errors.NetworkError, idempotency_key="order-1")
    assert error.outcome == "unknown"
    assert "too many events" in str(error)
    assert pages.endings == ["stale"]


def test_a_key_that_grows_too_old_before_the_deadline_is_looked_up(kind: str) -> None:
    pages, script = Notebook(), Script(Api())
    crash(kind, pages)
    age(pages, 22)
    with journaled(kind, script, pages, deadline=7200.0) as driver:
        driver.fail(errors.NetworkError, idempotency_key="order-1")
    assert {request.method for request in script.requests} == {"GET"}


def test_an_old_refusal_is_no_reason_not_to_call_again(kind: str) -> None:
    pages, script = Notebook(), Script(answered())
    crash(kind, pages, "rejected")
    age(pages, 240)
    with journaled(kind, script, pages) as driver:
        driver.create(idempotency_key="order-1")
    assert [request.method for request in script.requests] == ["POST"]
