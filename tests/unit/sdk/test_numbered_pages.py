"""Lists whose pages have numbers: every item of every page from the first that is asked for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from molam_sdk import errors
from tests.unit.sdk.scripted import Script, driving
from tests.unit.sdk.spec_examples import example_answer


def page(number: int, *ids: str, has_more: bool = False) -> httpx.Response:
    payment = example_answer("list_payments")[1]["data"][0]
    data = [{**payment, "transaction_id": id} for id in ids]
    return httpx.Response(200, json={"object": "list", "data": data, "page": number, "limit": 2, "has_more": has_more})


def queries(script: Script) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in script.requests]


def ids(items: list[Any]) -> list[str]:
    return [item.transaction_id for item in items]


def test_iterating_gives_all_items_of_all_pages(kind: str) -> None:
    script = Script(page(1, "pi_1", "pi_2", has_more=True), page(2, "pi_3", "pi_4", has_more=True), page(3, "pi_5"))
    with driving(kind, script) as driver:
        found = driver.items("gateway.payments.list", status="completed", limit=2)
    assert ids(found) == ["pi_1", "pi_2", "pi_3", "pi_4", "pi_5"]
    common = {"status": "completed", "limit": "2"}
    assert queries(script) == [common, common | {"page": "2"}, common | {"page": "3"}]


def test_a_walk_may_begin_anywhere(kind: str) -> None:
    script = Script(page(7, "pi_1", has_more=True), page(8, "pi_2"))
    with driving(kind, script) as driver:
        first = driver.wait(driver.call("gateway.payments.list", page=7).page())
        assert (ids(first.data), first.has_more, first.next_cursor) == (["pi_1"], True, "8")
        second = driver.wait(first.next_page())
        assert (ids(second.data), second.has_more, second.next_cursor) == (["pi_2"], False, None)
        assert driver.wait(second.next_page()) is None
    assert queries(script) == [{"page": "7"}, {"page": "8"}]


def test_an_answer_that_is_another_page_is_not_taken_for_it(kind: str) -> None:
    """A proxy that drops the query would otherwise make the list endless."""
    script = Script(page(1, "pi_1", has_more=True), page(1, "pi_1", has_more=True))
    with driving(kind, script) as driver, pytest.raises(errors.UnexpectedResponseError):
        driver.items("gateway.payments.list")
