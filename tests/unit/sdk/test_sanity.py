"""An answer whose amounts, ids or times are of another type than the models promise is not taken for an object."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._calls.sanity import AMOUNTS, BALANCES, TIMES, complaint
from tests.unit.sdk.spec_examples import SPEC, example_answer, example_intent

SPECIFIED: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
OPERATIONS: list[Any] = [
    operation for path in SPECIFIED["paths"].values() for operation in path.values() if "operationId" in operation
]

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"amount": "2500"}, "amount"),
    ({"amount": 25.0}, "amount"),
    ({"amount": True}, "amount"),
    ({"amount": None}, "amount"),
    ({"amount": float("nan")}, "amount"),
    ({"amount_received": float("inf")}, "amount_received"),
    ({"id": None}, "id"),
    ({"id": 7}, "id"),
    ({"currency": 5}, "currency"),
    ({"livemode": "false"}, "livemode"),
    ({"created_at": "2026-11-21"}, "created_at"),
    ({"created_at": "2026-11-21T00:00:00"}, "created_at"),
    ({"created_at": 1_700_000_000}, "created_at"),
]


@pytest.mark.parametrize("operation_id", [operation["operationId"] for operation in OPERATIONS])
def test_there_is_nothing_to_say_against_what_the_specification_promises(operation_id: str) -> None:
    assert complaint(example_answer(operation_id)[1]) is None


@pytest.mark.parametrize(("changes", "named"), WRONG, ids=[json.dumps(changes) for changes, _ in WRONG])
def test_what_is_of_another_type_is_named(changes: dict[str, Any], named: str) -> None:
    intent = example_intent(**changes)
    event = {"id": "evt_1", "data": {"object": intent}}
    said = complaint(intent)
    assert said is not None
    assert said.startswith(named)
    if named in TIMES:
        return
    assert complaint({"object": "list", "data": [example_intent(), intent]}) == f"an item's {said}"
    assert complaint(event) == f"its object's {said}"
    assert complaint({"object": "list", "data": [event]}) == f"an item's its object's {said}"


@pytest.mark.parametrize(
    "answer",
    [
        {"object": "list", "data": [], "has_more": "false"},
        {"object": "list", "data": [], "has_more": True, "next_cursor": 7},
        {"object": "list", "data": ["pi_1"]},
        {"object": "balance", "available": [{"amount": "7", "currency": "USD"}]},
        {"object": "balance", "available": [], "pending": [7]},
    ],
    ids=repr,
)
def test_lists_and_balances_are_looked_into(answer: dict[str, Any]) -> None:
    assert complaint(answer) is not None


@pytest.mark.parametrize("time", ["2026-11-21T00:00:00Z", "2026-11-21T00:00:00.123+01:00", "2026-11-21T00:00:00+0100"])
def test_any_time_with_a_zone_is_one(time: str) -> None:
    assert complaint(example_intent(created_at=time)) is None


def test_every_amount_and_time_of_the_specification_is_looked_at() -> None:
    looked_at = {"amount": set(AMOUNTS), "time": set(TIMES), "balance": set(BALANCES)}
    found: dict[str, set[str]] = {"amount": set(), "time": set(), "balance": set()}
    for schema_name, schema in SPECIFIED["components"]["schemas"].items():
        for name, member in schema.get("properties", {}).items():
            if schema_name.endswith(("Request", "Overrides")):
                continue
            if name.startswith("amount"):
                found["amount"].add(name)
            elif member.get("format") == "date-time":
                found["time"].add(name)
            elif member.get("items", {}).get("$ref", "").endswith("/BalanceAmount"):
                found["balance"].add(name)
    assert found == looked_at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "data", "object", "available", "created_at", "amount"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["id", "data", "object", "available", "has_more", "amount"]), JSON))
def test_any_object_is_judged_without_an_exception(data: dict[str, Any]) -> None:
    said = complaint(data)
    assert said is None or said
