"""Lists: every item of every page, fetched as needed, and never without end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from molam_sdk import AsyncPage, AsyncPages, Page, Pages, errors
from tests.unit.sdk.scripted import Driver, Script, driving, refused
from tests.unit.sdk.spec_examples import example_intent


def page(*ids: str, cursor: str | None = None, has_more: bool | None = None) -> httpx.Response:
    body = {
        "object": "list",
        "data": [example_intent(id=id) for id in ids],
        "has_more": cursor is not None if has_more is None else has_more,
        "next_cursor": cursor,
        "url": "/v1/connect/payment_intents",
    }
    return httpx.Response(200, json=body)


def first_page(driver: Driver, **filters: Any) -> Any:
    return driver.wait(driver.call("payment_intents.list", **filters).page())


def queries(script: Script) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in script.requests]


def test_iterating_gives_all_items_of_all_pages(kind: str) -> None:
    script = Script(page("pi_1", "pi_2", cursor="c_1"), page("pi_3", cursor="c_2"), page("pi_4"))
    with driving(kind, script) as driver:
        found = driver.items("payment_intents.list", status="succeeded", limit=2)
    assert [intent.id for intent in found] == ["pi_1", "pi_2", "pi_3", "pi_4"]
    common = {"status": "succeeded", "limit": "2"}
    assert queries(script) == [common, common | {"starting_after": "c_1"}, common | {"starting_after": "c_2"}]


def test_nothing_is_fetched_before_it_is_needed(kind: str) -> None:
    script = Script(page("pi_1", cursor="c_1"), page("pi_2"))
    with driving(kind, script) as driver:
        pages = driver.call("payment_intents.list")
        assert type(pages).__name__ == (Pages if driver.is_sync else AsyncPages).__name__
        assert script.requests == []
        if driver.is_sync:
            assert next(iter(pages)).id == "pi_1"
        else:
            assert driver.wait(pages.__aiter__().__anext__()).id == "pi_1"
        assert len(script.requests) == 1


def test_going_backwards_stays_backwards(kind: str) -> None:
    script = Script(page("pi_9", cursor="c_9"), page("pi_8"))
    with driving(kind, script) as driver:
        driver.items("payment_intents.list", ending_before="c_10")
    assert queries(script) == [{"ending_before": "c_10"}, {"ending_before": "c_9"}]


def test_an_empty_list_and_an_empty_page_in_the_middle(kind: str) -> None:
    with driving(kind, Script(page())) as driver:
        assert driver.items("payment_intents.list") == []
    with driving(kind, Script(page("pi_1", cursor="a"), page(cursor="b"), page("pi_2"))) as driver:
        assert [intent.id for intent in driver.items("payment_intents.list")] == ["pi_1", "pi_2"]


def test_a_list_can_be_iterated_again(kind: str) -> None:
    script = Script(page("pi_1"))
    with driving(kind, script) as driver:
        pages = driver.call("payment_intents.list")
        for _ in range(2):
            driver.wait(pages.page())
    assert len(script.requests) == 2


def test_pages_can_be_turned_by_hand(kind: str) -> None:
    script = Script(page("pi_1", "pi_2", cursor="c_1"), page("pi_3"))
    with driving(kind, script) as driver:
        first = first_page(driver, limit=2)
        assert type(first).__name__ == (Page if driver.is_sync else AsyncPage).__name__
        assert ([intent.id for intent in first.data], first.has_more, first.next_cursor) == (
            ["pi_1", "pi_2"],
            True,
            "c_1",
        )
        assert ([intent.id for intent in first], len(first)) == (["pi_1", "pi_2"], 2)
        second = driver.wait(first.next_page())
        assert ([intent.id for intent in second], second.has_more, second.next_cursor) == (["pi_3"], False, None)
        assert driver.wait(second.next_page()) is None
    assert queries(script) == [{"limit": "2"}, {"limit": "2", "starting_after": "c_1"}]


def test_an_asynchronous_list_can_be_awaited() -> None:
    with driving("async", Script(page("pi_1"))) as driver:
        first = driver.wait(driver.call("payment_intents.list"))
        assert [intent.id for intent in first.data] == ["pi_1"]


@pytest.mark.parametrize("cycle", [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
def test_a_cursor_that_comes_back_ends_the_iteration(kind: str, cycle: list[str]) -> None:
    script = Script(
        *(page(f"pi_{number}", cursor=cursor) for number, cursor in enumerate(cycle)), page("pi_x", cursor="a")
    )
    seen: list[str] = []
    with driving(kind, script) as driver, pytest.raises(errors.UnexpectedResponseError, match="repeats a cursor"):
        collect(driver, seen)
    assert seen == [f"pi_{number}" for number in range(len(cycle))]
    assert len(script.requests) == len(cycle)


@pytest.mark.parametrize("cycle", [["a", "b", "a"], ["a", "b", "c", "b"]])
def test_a_cursor_that_comes_back_ends_a_walk_by_hand(kind: str, cycle: list[str]) -> None:
    script = Script(*(page(cursor=cursor) for cursor in cycle), page(cursor="a"))
    with driving(kind, script) as driver:
        reached = first_page(driver)
        for _ in cycle[1:]:
            reached = driver.wait(reached.next_page())
        with pytest.raises(errors.UnexpectedResponseError, match="repeats a cursor"):
            driver.wait(reached.next_page())
    assert len(script.requests) == len(cycle)


def test_a_page_may_be_asked_for_its_next_again_and_again(kind: str) -> None:
    script = Script(page(cursor="a"), refused(400), *[page(cursor="b"), page(cursor="c")] * 2, page("pi_1"))
    with driving(kind, script) as driver:
        first = first_page(driver)
        with pytest.raises(errors.ValidationError):
            driver.wait(first.next_page())
        driver.wait(driver.wait(first.next_page()).next_page())
        third = driver.wait(driver.wait(first.next_page()).next_page())
        assert [intent.id for intent in driver.wait(third.next_page())] == ["pi_1"]
    assert [query.get("starting_after") for query in queries(script)] == [None, "a", "a", "b", "a", "b", "c"]


def collect(driver: Driver, seen: list[str]) -> None:
    """Keep what an iteration gives before it fails."""
    pages = driver.call("payment_intents.list")
    if driver.is_sync:
        seen.extend(intent.id for intent in pages)
        return

    async def gather() -> None:
        async for intent in pages:
            seen.extend([intent.id])

    driver.wait(gather())


def test_a_page_that_leads_to_itself_is_still_a_page(kind: str) -> None:
    with driving(kind, Script(page("pi_1", cursor="c_1"))) as driver:
        first = first_page(driver, starting_after="c_1")
        assert [intent.id for intent in first] == ["pi_1"]
        with pytest.raises(errors.UnexpectedResponseError, match="repeats a cursor"):
            driver.wait(first.next_page())


def test_more_items_without_a_cursor_are_not_silently_left_out(kind: str) -> None:
    seen: list[str] = []
    script = Script(page("pi_1", has_more=True))
    with driving(kind, script) as driver, pytest.raises(errors.UnexpectedResponseError, match="no cursor leads to"):
        collect(driver, seen)
    assert seen == ["pi_1"]


def test_a_last_page_may_name_a_cursor(kind: str) -> None:
    with driving(kind, Script(page("pi_1", cursor="c_1", has_more=False))) as driver:
        assert len(driver.items("payment_intents.list")) == 1


def test_an_error_on_a_later_page_comes_where_it_happens(kind: str) -> None:
    seen: list[str] = []
    script = Script(page("pi_1", cursor="c_1"), refused(429, "rate_limited"))
    with driving(kind, script, max_retries=0) as driver, pytest.raises(errors.RateLimitError):
        collect(driver, seen)
    assert seen == ["pi_1"]


def test_each_page_is_a_call_with_retries_of_its_own(kind: str) -> None:
    script = Script(refused(503), page("pi_1", cursor="c_1"), refused(503), page("pi_2"))
    with driving(kind, script, max_retries=1) as driver:
        assert len(driver.items("payment_intents.list")) == 2


def test_a_raw_list_is_the_first_page_as_it_came(kind: str) -> None:
    script = Script(page("pi_1", cursor="c_1"))
    with driving(kind, script) as driver:
        raw = driver.call("with_raw_response.payment_intents.list", limit=1)
        assert (raw.status_code, raw.parse().next_cursor, raw.idempotency_key) == (200, "c_1", None)
        assert [intent.id for intent in raw.parse().data] == ["pi_1"]
        driver.fail(
            errors.ValidationError,
            "with_raw_response.payment_intents.list",
            starting_after="a",
            ending_before="b",
        )
    assert queries(script) == [{"limit": "1"}]
