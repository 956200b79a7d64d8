"""Lists: pages newest first, cursors, filters and times."""

from typing import Any

import pytest

from molam_gateway.domain.call import Account
from molam_gateway.operations.charges import list_charges
from molam_gateway.operations.payment_intents import create_payment_intent, list_payment_intents
from molam_gateway.operations.payouts import list_payouts

from .bench import Bench

pytestmark = pytest.mark.anyio


async def make(bench: Bench, count: int, **members: object) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        body = {"amount": 1, "currency": "USD", **members}
        ids.append((await bench.call(create_payment_intent, body)).json["id"])
    return ids


async def page(bench: Bench, **query: object) -> dict[str, Any]:
    reply = await bench.call(list_payment_intents, query=query)
    assert reply.status == 200, reply.json
    return reply.json


async def test_pages_cover_everything_once_newest_first(bench: Bench) -> None:
    made = await make(bench, 7)
    first = await page(bench, limit=3)
    assert (first["object"], first["url"], first["has_more"]) == ("list", "/v1/connect/payment_intents", True)
    second = await page(bench, limit=3, starting_after=first["next_cursor"])
    third = await page(bench, limit=3, starting_after=second["next_cursor"])
    assert (third["has_more"], third["next_cursor"]) == (False, None)
    seen = [item["id"] for part in (first, second, third) for item in part["data"]]
    assert seen == made[::-1]


async def test_pages_go_backwards_too(bench: Bench) -> None:
    made = await make(bench, 5)
    newer = await page(bench, limit=2, ending_before=made[0])
    assert [item["id"] for item in newer["data"]] == [made[2], made[1]]
    assert (newer["has_more"], newer["next_cursor"]) == (True, made[2])
    rest = await page(bench, limit=2, ending_before=made[2])
    assert [item["id"] for item in rest["data"]] == [made[4], made[3]]
    assert rest["has_more"] is False


async def test_twenty_by_default(bench: Bench) -> None:
    await make(bench, 21)
    assert len((await page(bench))["data"]) == 20


async def test_filters_narrow(bench: Bench) -> None:
    await make(bench, 2, customer_id="cus_1")
    paid = await make(bench, 1, customer_id="cus_1", confirm=True, payment_method="pm_cpay_ok")
    await make(bench, 1)
    assert len((await page(bench, customer_id="cus_1"))["data"]) == 3
    found = await page(bench, customer_id="cus_1", status="succeeded", provider="cpay")
    assert [item["id"] for item in found["data"]] == paid
    assert (await page(bench, provider="other"))["data"] == []
    charges = (await bench.call(list_charges, query={"payment_intent": paid[0], "status": "succeeded"})).json
    assert len(charges["data"]) == 1
    assert (await bench.call(list_payouts)).json["data"] == []


async def test_times_are_inclusive_to_the_millisecond(bench: Bench) -> None:
    await make(bench, 1)
    bench.clock.advance(60)
    (late,) = await make(bench, 1)
    at = (await page(bench, limit=1))["data"][0]["created_at"]
    assert [i["id"] for i in (await page(bench, created_at_gte=at))["data"]] == [late]
    assert len((await page(bench, created_at_lte=at))["data"]) == 2
    assert (await page(bench, created_at_gte=at.replace("000Z", "000001+00:00")))["data"] == []
    shifted = at.replace("00:01:00.000Z", "03:01:00+03:00").replace("T", "t")
    assert [i["id"] for i in (await page(bench, created_at_gte=shifted))["data"]] == [late]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"starting_after": "pi_none"}, "starting_after"),
        ({"ending_before": "pi_none"}, "ending_before"),
        ({"starting_after": "a", "ending_before": "b"}, "ending_before"),
        ({"created_at_gte": "yesterday"}, "created_at_gte"),
        ({"created_at_lte": "2026-11-21T00:00:00"}, "created_at_lte"),
        ({"created_at_lte": "2026-13-21T00:00:00Z"}, "created_at_lte"),
        ({"created_at_lte": "2026-12-31T23:59:60Z"}, "created_at_lte"),
    ],
)
async def test_what_names_no_place_is_refused(bench: Bench, query: dict[str, object], param: str) -> None:
    reply = await bench.call(list_payment_intents, query=query)
    assert (reply.status, reply.json["code"], reply.json["param"]) == (400, "parameter_invalid", param)


async def test_other_accounts_see_nothing(bench: Bench) -> None:
    (made,) = await make(bench, 1)
    stranger = Account("acct_2", livemode=False)
    assert (await bench.call(list_payment_intents, account=stranger)).json["data"] == []
    reply = await bench.call(list_payment_intents, account=stranger, query={"starting_after": made})
    assert reply.status == 400
