"""`recover`: what was begun and never finished is sent again while its key holds, and only asked about after that."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from attrs import frozen

from molam_sdk import errors
from molam_sdk._calls.question import MOST_PAGES
from molam_sdk.journal import Recovered, Scope
from tests.unit.sdk.notebook import AsyncNotebook, Notebook, journal_for
from tests.unit.sdk.scripted import Answer, Clock, Driver, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_intent

LOST = httpx.ReadError("gone")
INTENT = str(example_intent()["id"])
EMPTY: dict[str, Any] = {"object": "list", "data": [], "has_more": False, "next_cursor": None, "url": "/v1/events"}


@contextmanager
def crashed(kind: str, *keys: str, **options: Any) -> Generator[tuple[Notebook, Script, Driver]]:
    """A process that died after writing its calls down, and a new one with the same journal."""
    pages = Notebook()
    with driving(kind, Script(LOST), journal=journal_for(kind, pages), max_retries=0, **options) as dead:
        for key in keys:
            dead.fail(errors.NetworkError, idempotency_key=key, metadata={"key": key})
    for row in pages.rows.values():
        row.ended = None
    pages.crash()
    pages.said.clear()
    script = Script(answered())
    with driving(kind, script, journal=journal_for(kind, pages), max_retries=0, **options) as driver:
        yield pages, script, driver


def test_every_call_is_sent_again_with_its_own_bytes_and_key(kind: str) -> None:
    with crashed(kind, "a", "b", account="acct_1") as (pages, script, driver):
        report = driver.call("recover")
        assert driver.call("recover") == ()
    assert [found.ending for found in report] == ["succeeded", "succeeded"]
    assert [found.idempotency_key for found in report] == ["a", "b"]
    assert {found.object.id for found in report} == {found.object_id for found in report} == {INTENT}
    assert pages.endings == ["succeeded", "succeeded"]
    entries = [row.entry for row in pages.rows.values()]
    assert [request.content for request in script.requests] == [entry.content for entry in entries]
    assert [request.url.path for request in script.requests] == [entry.target for entry in entries]
    assert script.sent("Idempotency-Key") == ["a", "b"]
    assert script.sent("Molam-Account") == ["acct_1", "acct_1"]
    assert "begin" not in [method for method, _ in pages.said]


DECLINED = refused(402, "card_declined", body={"error_type": "payment_error"})


@pytest.mark.parametrize(
    ("answer", "ending", "raised"),
    [
        (DECLINED, "rejected", errors.DeclinedError),
        (LOST, "in_doubt", errors.NetworkError),
        (httpx.ConnectError("refused"), "in_doubt", errors.NetworkError),
        (refused(401, "api_key_invalid"), "in_doubt", errors.AuthenticationError),
        (refused(503), "in_doubt", errors.ServerError),
        (answered(201, {"id": "pi_1"}), "succeeded", errors.UnexpectedResponseError),
    ],
    ids=["declined", "lost", "refused", "unauthorized", "failed", "unreadable"],
)
def test_one_call_that_fails_keeps_no_other_from_being_settled(
    kind: str, answer: Answer, ending: str, raised: type[errors.MolamError]
) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        script.then(answer, answered())
        first, second = driver.call("recover")
    assert (first.ending, type(first.error), first.object) == (ending, raised, None)
    assert first.error.idempotency_key == "a"
    assert (second.ending, second.error) == ("succeeded", None)
    assert pages.endings == [ending, "succeeded"]


def test_what_stays_in_doubt_is_tried_again_by_the_next_run_only(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        script.then(LOST, answered())
        (found,) = driver.call("recover")
        assert (found.ending, len(script.requests)) == ("in_doubt", 1)
        (found,) = driver.call("recover")
    assert (found.ending, pages.endings) == ("succeeded", ["succeeded"])


def test_an_error_in_the_report_can_be_resolved(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        script.then(LOST, answered())
        (found,) = driver.call("recover")
        assert driver.call("resolve", found.error).id == INTENT
    assert pages.endings == ["succeeded"]


def test_a_transport_that_breaks_down_breaks_one_entry_only(kind: str) -> None:
    with crashed(kind, "a", "b") as (_, script, driver):
        script.then(RuntimeError("+221770000000"), answered())
        first, second = driver.call("recover")
    assert (first.ending, first.error.cause_type) == ("in_doubt", "RuntimeError")
    assert "+221770000000" not in str(first.error)
    assert second.ending == "succeeded"


def test_the_limit_holds(kind: str) -> None:
    with crashed(kind, "a", "b", "c") as (pages, _, driver):
        assert [found.idempotency_key for found in driver.call("recover", limit=2)] == ["a", "b"]
        assert pages.endings == ["succeeded", "succeeded", None]
        for wrong in (0, True, "3"):
            with pytest.raises(errors.ConfigurationError, match="limit"):
                driver.call("recover", limit=wrong)


def test_a_client_without_a_journal_says_so(kind: str) -> None:
    with driving(kind, Script(answered())) as driver:
        assert "journal=" in str(driver.fail(errors.ConfigurationError, "recover"))


@pytest.mark.parametrize(
    "answer", [LOST, DECLINED, answered(201, {"id": "pi_1"})], ids=["lost", "declined", "unreadable"]
)
def test_an_error_in_the_report_leads_to_no_request(kind: str, answer: Answer) -> None:
    with crashed(kind, "a") as (_, script, driver):
        script.then(answer)
        (found,) = driver.call("recover")
    assert (found.error.__traceback__, found.error.__context__, found.error.__cause__) == (None, None, None)


def test_a_report_shows_no_content(kind: str) -> None:
    with crashed(kind, "a") as (_, script, driver):
        script.then(answered(201, example_intent() | {"description": "canary"}))
        report = driver.call("recover")
    assert report[0].object.description == "canary"
    assert "canary" not in repr(report)


# Whose calls these are


def test_a_call_goes_with_its_own_account(kind: str) -> None:
    with crashed(kind, "a", "b", "c", account="acct_1") as (pages, script, driver):
        pages.change("b", account="acct_2")
        pages.change("c", account=None)
        assert {found.ending for found in driver.call("recover")} == {"succeeded"}
    assert script.sent("Molam-Account") == ["acct_1", "acct_2", None]


@pytest.mark.parametrize("mode", [True, None])
def test_a_call_of_another_mode_is_not_claimed(kind: str, mode: bool | None) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        pages.change("a", livemode=mode)
        (found,) = driver.call("recover", limit=1)
    assert (found.idempotency_key, found.ending) == ("b", "succeeded")
    assert pages.endings == [None, "succeeded"]
    assert script.sent("Idempotency-Key") == ["b"]


@pytest.mark.parametrize("mode", [True, None])
def test_a_call_of_another_mode_is_left_alone_whatever_a_journal_claims(kind: str, mode: bool | None) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        pages.heeds_scope = False
        pages.change("a", livemode=mode)
        skipped, found = driver.call("recover", limit=2)
    assert (skipped.ending, skipped.error.outcome, found.ending) == ("in_doubt", "unknown", "succeeded")
    assert "client" in str(skipped.error)
    assert script.sent("Idempotency-Key") == ["b"]
    assert pages.endings == ["in_doubt", "succeeded"]


# Whose key it was


FORMER, OTHER = "sk_test_formerformer", "sk_test_otherother"


def test_a_call_made_with_another_api_key_is_nobody_elses(kind: str) -> None:
    """It would be done on another merchant's account."""
    with crashed(kind, "a", "b", api_key=FORMER) as (pages, _, _old):
        script = Script(answered())
        with driving(kind, script, journal=journal_for(kind, pages), api_key=OTHER) as driver:
            assert driver.call("recover") == ()
            pages.heeds_scope = False
            assert {found.ending for found in driver.call("recover")} == {"in_doubt"}
            assert script.requests == []
            pages.heeds_scope = True
            (found, _) = driver.call("recover", former_api_keys=[FORMER])
        assert found.ending == "succeeded"
        assert set(script.sent("Authorization")) == {f"Bearer {OTHER}"}
    assert FORMER not in repr(pages.scopes)


@pytest.mark.parametrize("keys", [["sk_live_x"], ["x"], [None], FORMER, [""], ["a.b.c"]], ids=str)
def test_former_api_keys_are_keys_of_the_same_mode(kind: str, keys: Any) -> None:
    with crashed(kind) as (_, _, driver):
        error = driver.fail(errors.ConfigurationError, "recover", former_api_keys=keys)
    assert "former_api_keys" in str(error) or "api_key" in str(error)
    assert FORMER not in str(error)


def test_a_scope_says_where_calls_may_go(kind: str) -> None:
    regions = {"a": "https://a.example", "b": "https://b.example"}
    with crashed(kind, api_base=..., region="a", regions=regions) as (pages, _, driver):
        driver.call("recover")
    assert pages.scopes[-1].regions == ("https://a.example", "https://b.example")
    with crashed(kind, api_base="https://{region}.shop.example", region="a") as (pages, _, driver):
        driver.call("recover")
    assert pages.scopes[-1].regions == ("https://a.shop.example", "https://{region}.shop.example")


def test_a_call_goes_to_its_own_region_or_nowhere(kind: str) -> None:
    """The API key must not go to whatever address stands in a table."""
    regions = {"a": "https://a.example", "b": "https://b.example"}
    options: dict[str, Any] = {"api_base": ..., "region": "a", "regions": regions, "fallback_regions": ["b"]}
    with crashed(kind, "x", "y", "z", **options) as (pages, script, driver):
        pages.change("y", region="https://b.example")
        pages.change("z", region="https://evil.example")
        pages.heeds_scope = False
        report = driver.call("recover")
    assert [request.url.host for request in script.requests] == ["a.example", "b.example"]
    assert [found.ending for found in report] == ["succeeded", "succeeded", "in_doubt"]
    assert "region" in str(report[2].error)


def test_a_region_that_the_client_was_switched_from_is_still_its_own(kind: str) -> None:
    regions = {"a": "https://a.example", "b": "https://b.example"}
    with crashed(kind, "x", api_base=..., region="a", regions=regions) as (_, script, driver):
        driver.client.switch_region("b")
        (found,) = driver.call("recover")
    assert (found.ending, script.requests[0].url.host) == ("succeeded", "a.example")


def test_an_account_that_is_none_keeps_no_other_call_waiting(kind: str) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        pages.change("a", account="acct_1\r\nX-A: b")
        left, found = driver.call("recover")
    assert (left.ending, found.ending) == ("in_doubt", "succeeded")
    assert script.sent("Idempotency-Key") == ["b"]


def test_a_client_at_home_looks_for_it_first(kind: str) -> None:
    account = {"object": "account", "id": "acct_1", "molam_id": "M1", "home_region": "b", "livemode": False}

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.path.endswith("/account")
        return answered(200, account | {"capabilities": []}) if asked else answered()

    pages = Notebook()
    options: dict[str, Any] = {"journal": journal_for(kind, pages), "max_retries": 0, "api_base": ...}
    options["regions"] = {"a": "https://a.example", "b": "https://b.example"}
    with driving(kind, Script(LOST), region="b", **options) as dead:
        dead.fail(errors.NetworkError)
    pages.crash()
    script = Script(LOST, answer)
    with driving(kind, script, region="auto", **options) as driver:
        (lost,) = driver.call("recover")
        (found,) = driver.call("recover")
    assert (lost.ending, found.ending) == ("in_doubt", "succeeded")
    assert script.requests[-1].url.host == "b.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": b'{"amount":1,"currency":"USD"}'},
        {"fingerprint": "0" * 64},
        {"content": None},
        {"target": "/v1/treasury/payouts"},
        {"target": "/v1/connect/payment_intents/../payouts"},
        {"target": "/v1/connect/payment_intents?x=1\r\nX-A: b"},
        {"operation": "create_planet"},
        {"idempotency_key": "a\r\nb"},
        {"content": None, "fingerprint": "", "unreadable": "no key"},
    ],
    ids=str,
)
def test_bytes_that_were_not_written_by_the_client_are_never_sent(kind: str, changes: dict[str, Any]) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        pages.change("a", **changes)
        refused, found = driver.call("recover")
    assert (refused.ending, type(refused.error)) == ("in_doubt", errors.StorageError)
    assert refused.error.outcome == "unknown"
    assert found.ending == "succeeded"
    assert script.sent("Idempotency-Key") == ["b"]


UNREADABLE: dict[str, Any] = {"content": None, "fingerprint": "", "unreadable": "no key"}


def test_what_this_client_cannot_open_counts_and_is_given_back_at_once(kind: str) -> None:
    """A client with a wrong encryption key must neither look at all there is nor keep it from the others."""
    with crashed(kind, "a", "b", "c") as (pages, script, driver):
        for key in "abc":
            pages.change(key, **UNREADABLE)
        assert [found.idempotency_key for found in driver.call("recover", limit=2)] == ["a", "b"]
        assert pages.said == [("claim", 1), ("finish", "in_doubt")] * 2
    assert (pages.endings, script.requests) == (["in_doubt", "in_doubt", None], [])


def test_what_is_given_back_is_looked_at_once_in_a_run(kind: str) -> None:
    with crashed(kind, "a", "b") as (pages, _, driver):
        for key in "ab":
            pages.change(key, **UNREADABLE)
        assert [found.idempotency_key for found in driver.call("recover", limit=50)] == ["a", "b"]
        assert [row.leased for row in pages.rows.values()] == [False, False]


# How long a key may still be used


def test_a_call_is_not_tried_longer_than_its_key_is_certain_to_be_known(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        pages.change("a", age=23 * 3600.0 - 5.0)
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"
    (milliseconds,) = script.sent("Molam-Deadline-Ms")
    assert 4_000 < int(milliseconds or 0) <= 5_000


def test_an_error_in_the_report_knows_how_old_its_key_is(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        pages.change("a", age=22 * 3600.0)
        script.then(LOST, answered())
        (found,) = driver.call("recover")
        driver.clock.now += 2 * 3600
        refusal = driver.fail(errors.ValidationError, "resolve", found.error)
    assert (refusal.code, refusal.outcome) == ("not_resolvable", "unknown")
    assert len(script.requests) == 1


# Keys that are too old, and bodies that were not kept


def event(key: str | None, kind: str = "payment_intent.created", **members: Any) -> dict[str, Any]:
    return {
        "id": "evt_1", "object": "event", "type": kind, "api_version": "2026-11-01", "livemode": False,
        "account": "acct_1", "sequence": 1, "created_at": "2026-11-20T10:00:00Z",
        "data": {"object": example_intent(), "previous_attributes": None},
        "request": {"id": "req_1", "idempotency_key": key},
    } | members  # fmt: skip


@frozen
class Api:
    """What the API shows: events, and one payment intent."""

    events: tuple[dict[str, Any], ...] = ()
    status: int = 200
    page: int = 100

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        if not request.url.path.endswith("/events"):
            return (
                answered(self.status, example_intent())
                if self.status == 200
                else refused(self.status, "resource_missing")
            )
        params = request.url.params
        shown = [
            each
            for each in self.events
            if params.get("type", each["type"]) == each["type"]
            and params.get("object_id", each["data"]["object"]["id"]) == each["data"]["object"]["id"]
            and params.get("created_at_gte", "") <= each["created_at"]
            and each["created_at"] <= params.get("created_at_lte", "9")
        ]
        start = int(params.get("starting_after", "0"))
        more = start + self.page < len(shown)
        listed = {"data": shown[start : start + self.page], "has_more": more}
        return answered(200, EMPTY | listed | {"next_cursor": str(start + self.page) if more else None})


def old(pages: Notebook, key: str = "a", hours: float = 23.0, **changes: Any) -> datetime:
    made = datetime.now(UTC) - timedelta(hours=hours)
    pages.change(key, created_at=made, **changes)
    return made


def stamp(moment: datetime) -> str:
    return moment.isoformat()


def test_an_old_key_is_looked_up_and_never_sent(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages)
        events = tuple(event(key, created_at=stamp(made)) for key in [*(None for _ in range(150)), "a", "b"])
        script.then(Api(events))
        (found,) = driver.call("recover")
    assert (found.ending, found.object_id, found.object.id, found.error) == ("succeeded", INTENT, INTENT, None)
    assert pages.endings == ["succeeded"]
    assert {request.method for request in script.requests} == {"GET"}
    assert script.requests[0].url.params["type"] == "payment_intent.created"


def test_a_call_that_was_repeated_hours_later_is_found_too(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages, hours=40)
        script.then(Api((event("a", created_at=stamp(made + timedelta(hours=20))),)))
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"


def test_an_old_key_that_nothing_names_is_left_to_a_person_once(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages)
        script.then(Api((event("b", created_at=stamp(made)),)))
        with caplog.at_level(logging.WARNING):
            (found,) = driver.call("recover")
        assert driver.call("recover") == ()
    assert (found.ending, found.object, found.error.outcome) == ("stale", None, "unknown")
    assert found.error.idempotency_key == "a"
    assert pages.endings == ["stale"]
    assert "a" in caplog.text


def test_an_old_decline_is_a_rejection(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        now = stamp(old(pages))
        script.then(Api((event("a", "payment_intent.failed", created_at=now), event("a", created_at=now))))
        (found,) = driver.call("recover")
    assert (found.ending, found.object_id) == ("rejected", INTENT)


@frozen
class Busy:
    """An API with ever more events in every window that is wider than some minutes."""

    api: Api
    minutes: float
    seconds: float = 0.0
    clock: Clock | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if self.clock is not None:
            self.clock.now += self.seconds
        if not request.url.path.endswith("/events") or "object_id" in params:
            return self.api(request)
        since, until = (datetime.fromisoformat(params[f"created_at_{end}"]) for end in ("gte", "lte"))
        if until - since <= timedelta(minutes=self.minutes):
            return self.api(request)
        return answered(200, EMPTY | {"has_more": True, "next_cursor": "more"})


@pytest.mark.parametrize("later", [timedelta(seconds=30), timedelta(hours=20, seconds=30)], ids=["first", "last"])
def test_a_busy_account_is_asked_about_the_minutes_of_the_call_first(kind: str, later: timedelta) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages, hours=50)
        pages.change("a", last_begun_at=made + timedelta(hours=20))
        script.then(Busy(Api((event("a", created_at=stamp(made + later)),)), minutes=5))
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"
    assert len(script.requests) <= 4


def test_what_is_found_at_last_is_looked_at_all_the_same(kind: str) -> None:
    """What was read to find an object is not counted where it is read what became of it."""
    with crashed(kind, "a") as (pages, script, driver):
        made = stamp(old(pages))
        events = [event(None, created_at=made)] * (MOST_PAGES - 1)
        script.then(Api((*events, event("a", created_at=made)), page=1))
        (found,) = driver.call("recover")
    assert (found.ending, found.object_id) == ("succeeded", INTENT)


def test_too_many_events_are_for_a_person_and_not_for_every_run(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        old(pages)
        script.then(Busy(Api(), minutes=5))
        with caplog.at_level(logging.WARNING):
            (found,) = driver.call("recover")
        assert driver.call("recover") == ()
    assert (found.ending, found.error.outcome) == ("stale", "unknown")
    assert "too many events" in str(found.error)
    assert "too many events" in caplog.text
    assert len(script.requests) == MOST_PAGES
    assert pages.endings == ["stale"]


def test_too_many_events_leave_a_young_call_in_doubt(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        pages.change("a", content=None, content_kept=False)
        script.then(Busy(Api(), minutes=5))
        (found,) = driver.call("recover")
    assert (found.ending, pages.endings) == ("in_doubt", ["in_doubt"])


@pytest.mark.parametrize(("seconds", "ending"), [(3.0, "stale"), (20.0, "in_doubt")], ids=["many", "slow"])
def test_events_that_take_too_long_are_too_many_unless_it_is_the_api_that_is_slow(
    kind: str, seconds: float, ending: str
) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        old(pages)
        script.then(Busy(Api(), 5, seconds, driver.clock))
        (found,) = driver.call("recover")
    assert (found.ending, pages.endings) == (ending, [ending])


def test_a_question_that_cannot_be_asked_now_is_asked_again(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages)
        script.then(LOST, Api((event("a", created_at=stamp(made)),)))
        (found,) = driver.call("recover")
        assert (found.ending, found.error.outcome, pages.endings) == ("in_doubt", "unknown", ["in_doubt"])
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"


def test_a_body_that_was_not_kept_is_a_question_too(kind: str) -> None:
    """A young one that nothing names is asked about again: its events may still come."""
    with crashed(kind, "a", "b") as (pages, script, driver):
        for key in ("a", "b"):
            pages.change(key, content=None, content_kept=False)
        script.then(Api((event("b", created_at=stamp(datetime.now(UTC))),)))
        first, second = driver.call("recover")
    assert (first.ending, second.ending) == ("in_doubt", "succeeded")
    assert {request.method for request in script.requests} == {"GET"}


def test_the_clock_of_the_journal_counts_where_it_says_more(kind: str) -> None:
    """A host whose clock was ahead wrote a time that makes the key look younger than it is."""
    with crashed(kind, "a") as (pages, script, driver):
        pages.change("a", age=23 * 3600.0)
        made = datetime.now(UTC) - timedelta(hours=23)
        script.then(Api((event("a", created_at=stamp(made)),)))
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"
    assert {request.method for request in script.requests} == {"GET"}


def test_a_call_that_was_made_again_days_later_is_found_too(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        made = old(pages, hours=200)
        pages.change("a", last_begun_at=made + timedelta(hours=150))
        script.then(Api((event("a", created_at=stamp(made + timedelta(hours=151))),)))
        (found,) = driver.call("recover")
    assert found.ending == "succeeded"


def test_a_clock_that_is_a_little_ahead_is_nothing(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        old(pages, hours=-0.05)
        (found,) = driver.call("recover")
    assert (found.ending, script.requests[0].method) == ("succeeded", "POST")


def test_a_call_from_the_future_is_a_question(kind: str) -> None:
    """One of the clocks is wrong, so nobody knows how old the key is."""
    with crashed(kind, "a", "b") as (pages, script, driver):
        for key in ("a", "b"):
            old(pages, key, hours=-3)
        script.then(Api((event("a", created_at=stamp(datetime.now(UTC))),)))
        first, second = driver.call("recover")
    assert (first.ending, second.ending) == ("succeeded", "stale")
    assert {request.method for request in script.requests} == {"GET"}


def test_an_object_that_the_key_made_long_ago_is_found(kind: str) -> None:
    expired = {"error_type": "conflict_error", "resource": {"object": "payment_intent", "id": INTENT, "status": "x"}}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return refused(409, "idempotency_key_expired", body=expired)
        return Api((event("a"),))(request)

    with crashed(kind, "a") as (_, script, driver):
        script.then(answer)
        (found,) = driver.call("recover")
    assert (found.ending, found.object.id) == ("succeeded", INTENT)


def crashed_confirming(kind: str, pages: Notebook, operation: str = "payment_intents.confirm", *ids: str) -> None:
    with driving(kind, Script(LOST), journal=journal_for(kind, pages), max_retries=0) as dead:
        dead.fail(errors.NetworkError, operation, *(ids or (INTENT,)), idempotency_key="a")
    old(pages)
    pages.crash()


@pytest.mark.parametrize(
    ("events", "ending"),
    [
        ((event("a", "payment_intent.succeeded"),), "succeeded"),
        ((event("a", "payment_intent.failed"),), "rejected"),
        ((event("b", "payment_intent.succeeded"),), "stale"),
        ((), "stale"),
    ],
    ids=["done", "declined", "by somebody else", "nothing"],
)
def test_a_call_on_an_object_is_looked_up_there(kind: str, events: tuple[dict[str, Any], ...], ending: str) -> None:
    pages = Notebook()
    crashed_confirming(kind, pages)
    script = Script(Api(events))
    with driving(kind, script, journal=journal_for(kind, pages)) as driver:
        (found,) = driver.call("recover")
    assert (found.ending, found.object.id, found.object_id) == (ending, INTENT, INTENT)
    assert script.requests[0].url.params["object_id"] == INTENT


def test_what_was_deleted_is_gone(kind: str) -> None:
    pages = Notebook()
    crashed_confirming(kind, pages, "webhook_endpoints.delete", "we_1")
    with driving(kind, Script(Api(status=404)), journal=journal_for(kind, pages)) as driver:
        (found,) = driver.call("recover")
    assert (found.ending, found.object) == ("succeeded", None)


def test_what_cannot_be_told_by_reading_is_stale(kind: str) -> None:
    pages = Notebook()
    with driving(kind, Script(LOST), journal=journal_for(kind, pages), max_retries=0) as dead:
        dead.fail(errors.NetworkError, "sandbox.advance_clock", seconds=1)
    old(pages, next(iter(pages.rows)))
    pages.crash()
    script = Script(answered())
    with driving(kind, script, journal=journal_for(kind, pages)) as driver:
        (found,) = driver.call("recover")
    assert (found.ending, script.requests) == ("stale", [])


# The storage


def test_a_journal_that_cannot_be_read_is_told(kind: str) -> None:
    with crashed(kind, "a") as (pages, script, driver):
        pages.broken["claim"] = errors.StorageError("down")
        assert str(driver.fail(errors.StorageError, "recover")) == "down"
        pages.broken["claim"] = RuntimeError("+221770000000")
        assert "+221770000000" not in str(driver.fail(errors.StorageError, "recover"))
    assert script.requests == []


def test_an_entry_that_cannot_be_read_does_not_end_the_run(kind: str) -> None:
    with crashed(kind, "a", "b") as (pages, _, driver):
        claim = pages.claim
        unreadable: list[Any] = [errors.StorageError("cannot be decrypted"), None, errors.StorageError("again")]

        def once(limit: int, lease: float, scope: Scope) -> Any:
            failure = unreadable.pop(0) if unreadable else None
            if failure is not None:
                raise failure
            return claim(limit, lease, scope)

        pages.claim = once  # type: ignore[method-assign]
        assert len(driver.call("recover")) == 2


def test_an_end_that_cannot_be_noted_is_found_out_again(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with crashed(kind, "a", "b") as (pages, script, driver):
        pages.broken["finish"] = errors.StorageError("down")
        with caplog.at_level(logging.WARNING):
            assert [found.ending for found in driver.call("recover")] == ["succeeded", "succeeded"]
        pages.broken.clear()
        pages.crash()
        assert [found.ending for found in driver.call("recover")] == ["succeeded", "succeeded"]
    assert caplog.text.count("recover()") == 2
    assert script.sent("Idempotency-Key") == ["a", "b", "a", "b"]


def test_a_journal_that_hangs_does_not_hold_recover_up(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread cannot be stopped from outside, so this is for the asynchronous client."""
    monkeypatch.setattr("molam_sdk._calls.recovery._LEAST_PATIENCE", 0.05)

    class Stuck(AsyncNotebook):
        stuck = "claim"

        async def claim(self, limit: int, lease: float, scope: Scope) -> Any:
            if self.stuck == "claim":
                await asyncio.Event().wait()
            return await super().claim(limit, lease, scope)

        async def finish(self, token: str, ended: Any) -> bool:
            if self.stuck == "finish":
                await asyncio.Event().wait()
            return await super().finish(token, ended)

    with crashed("async", "a", "b", "c", deadline=0.05) as (pages, script, driver):
        script.then(LOST, answered())
        journal = Stuck(pages)
        stuck = driver.with_options(journal=journal)
        assert "TimeoutError" in str(stuck.fail(errors.StorageError, "recover"))
        journal.stuck = "finish"
        with caplog.at_level(logging.WARNING):
            report = stuck.call("recover")
    assert [found.ending for found in report] == ["in_doubt", "succeeded", "succeeded"]
    assert caplog.text.count("could not note how the call ended (TimeoutError)") == 3


def test_the_report_is_of_plain_values() -> None:
    found = Recovered(
        idempotency_key="a", operation="create_refund", account=None, livemode=False, region="https://a.example",
        created_at=datetime.now(UTC), ending="stale", object=json,
    )  # fmt: skip
    with pytest.raises(AttributeError):
        found.ending = "succeeded"  # type: ignore[misc]
    assert "json" not in repr(found)
