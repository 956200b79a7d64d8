"""Ids, money, moments, card numbers, fingerprints and masks."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain import leases
from molam_gateway.domain.beneficiaries import shown
from molam_gateway.domain.card_data import contains_card_number, refuse_card_data
from molam_gateway.domain.fingerprint import fingerprint
from molam_gateway.domain.ids import IdGenerator, base62
from molam_gateway.domain.masking import masked_phone
from molam_gateway.domain.money import EXPONENTS, AmountRules, check_amount, currency_code
from molam_gateway.domain.problems import KINDS, FieldError, ProblemError, Resource, problem_document
from molam_gateway.domain.times import milliseconds, moment, rfc3339

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_base62_sorts_as_its_numbers_do(one: int, other: int) -> None:
    assert (base62(one) < base62(other)) == (one < other)
    assert len(base62(one)) == 22


@given(st.integers(), st.lists(st.integers(0, 5), min_size=2, max_size=30))
def test_ids_grow_with_time_and_within_a_millisecond(seed: int, pauses: list[int]) -> None:
    ids = IdGenerator(random.Random(seed).getrandbits)
    now = NOW
    made: list[str] = []
    for pause in pauses:
        now += timedelta(milliseconds=pause)
        made.append(ids.new("pi", now))
    assert made == sorted(set(made))


def test_a_clock_set_back_does_not_repeat_ids() -> None:
    ids = IdGenerator(random.Random(1).getrandbits)
    late, early = ids.new("pi", NOW), ids.new("pi", NOW - timedelta(hours=1))
    assert late < early


def test_a_seed_repeats_its_ids() -> None:
    assert IdGenerator(random.Random(7).getrandbits).new("ch", NOW) == IdGenerator(random.Random(7).getrandbits).new(
        "ch", NOW
    )


@given(st.timedeltas(timedelta(0), timedelta(days=80_000)))
def test_moments_survive_storage_to_the_millisecond(age: timedelta) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + age
    stored = milliseconds(at)
    assert timedelta(0) <= at - moment(stored) < timedelta(milliseconds=1)
    assert datetime.fromisoformat(rfc3339(stored)) == moment(stored)
    assert rfc3339(stored).endswith("Z")


@pytest.mark.parametrize(
    ("currency", "exponent"),
    [("JPY", 0), ("XOF", 0), ("UGX", 0), ("ISK", 0), ("USD", 2), ("KES", 2), ("MGA", 2), ("KWD", 3), ("CLF", 4)],
)
def test_exponents_are_those_of_iso_4217(currency: str, exponent: int) -> None:
    assert EXPONENTS[currency] == exponent


@pytest.mark.parametrize("text", ["usd", "Usd", "USD"])
def test_currencies_come_in_any_case(text: str) -> None:
    assert currency_code(text) == "USD"


@pytest.mark.parametrize("text", ["ZZZ", "XXX", "US", "\ufb01\ufb01\ufb01", "\u0131SK"])
def test_what_is_no_currency_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        currency_code(text)
    assert (caught.value.code, caught.value.param) == ("currency_unsupported", "currency")


def test_a_provider_takes_only_what_it_can_carry_exactly() -> None:
    rules = AmountRules(frozenset({"KES"}), minimum=100, maximum=25_000_000, granularity={"KES": 100})
    check_amount(100, "KES", rules, "mpesa")
    for amount, currency, code in (
        (100, "USD", "currency_unsupported"),
        (99, "KES", "amount_invalid"),
        (25_000_100, "KES", "amount_invalid"),
        (150, "KES", "amount_not_representable"),
    ):
        with pytest.raises(ProblemError, match=code):
            check_amount(amount, currency, rules, "mpesa")


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "card 4242 4242 4242 4242 please",
        "5555-5555-5555-4444",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
        "3530111333300000",
        "6200000000000005",
        "2223003122003222",
        "4000000000000000006",
    ],
)
def test_card_numbers_are_found(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "order 1234567890123456",
        "9242424242424242",
        "424242424242",
        "42424242424242424242424242",
        "+254700001234",
        "2026-11-21T12:00:00",
        "0000000000000000",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not contains_card_number(text)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"description": "4242424242424242"}, "description"),
        ({"metadata": {"note": "x 4242424242424242"}}, "metadata.note"),
        ({"metadata": {"4242424242424242": "x"}}, "metadata"),
        ({"payment_method": "pm_4242424242424242"}, "payment_method"),
        ({"list": ["4242424242424242"]}, "list"),
    ],
)
def test_card_data_is_refused_without_repeating_it(body: dict[str, object], param: str) -> None:
    with pytest.raises(ProblemError) as caught:
        refuse_card_data(body)
    assert (caught.value.code, caught.value.param) == ("card_data_not_allowed", param)
    assert "4242" not in str(problem_document(caught.value, "req"))


def test_account_numbers_may_look_like_cards() -> None:
    refuse_card_data({"beneficiary": {"account_number": "4242424242424242", "phone": "+4242424242424242"}})


def test_a_fingerprint_ignores_the_order_of_members_only() -> None:
    one = fingerprint("post", "create", {}, {"a": 1, "b": {"c": 2, "d": 3}})
    assert fingerprint("POST", "create", {}, {"b": {"d": 3, "c": 2}, "a": 1}) == one
    others = [
        fingerprint("PATCH", "create", {}, {"a": 1, "b": {"c": 2, "d": 3}}),
        fingerprint("POST", "confirm", {}, {"a": 1, "b": {"c": 2, "d": 3}}),
        fingerprint("POST", "create", {"id": "x"}, {"a": 1, "b": {"c": 2, "d": 3}}),
        fingerprint("POST", "create", {}, {"a": "1", "b": {"c": 2, "d": 3}}),
        fingerprint("POST", "create", {}, {"a": 1, "b": {"c": 2, "d": 3}, "e": None}),
        fingerprint("POST", "create", {}, None),
        fingerprint("POST", "create", {}, {}),
    ]
    assert len({one, *others}) == len(others) + 1


def test_numbers_are_shown_by_their_last_four() -> None:
    assert masked_phone("+254700001234") == "***1234"
    assert shown({"type": "mobile_money", "phone": "+254700001234", "network": "mpesa"})["last4"] == "1234"
    assert "254700" not in str(shown({"type": "mobile_money", "phone": "+254700001234"}))


def test_every_member_of_a_problem_is_there() -> None:
    error = ProblemError(
        "card_declined",
        "no",
        errors=[FieldError("/amount", "amount_invalid", "too small")],
        decline_code="generic_decline",
        resource=Resource("payment_intent", "pi_1", "canceled"),
    )
    document = problem_document(error, "req_1", "https://docs.example/")
    assert document["status"] == 402
    assert document["type"] == document["doc_url"] == "https://docs.example/card_declined"
    assert document["errors"] == [{"pointer": "/amount", "code": "amount_invalid", "detail": "too small"}]
    assert document["resource"] == {"object": "payment_intent", "id": "pi_1", "status": "canceled"}
    assert problem_document(ProblemError("internal_error", "x"), "req")["resource"] is None


def test_only_what_may_succeed_later_is_retryable() -> None:
    retryable = {code for code, kind in KINDS.items() if kind.retryable}
    assert retryable == {
        "idempotency_in_flight",
        "rate_limited",
        "internal_error",
        "provider_unavailable",
        "overloaded",
    }


@given(st.floats(0, 200))
def test_a_provider_is_never_waited_for_longer_than_the_caller_or_the_lease_lasts(left: float) -> None:
    waited = leases.provider_timeout(1000 + left, 1000)
    assert 0 <= waited <= min(left, leases.PROVIDER_TIMEOUT) < leases.LEASE
    assert leases.provider_timeout(None, 1000) == leases.PROVIDER_TIMEOUT
    assert leases.too_late(1000 + left, 1000) == (1000 + left - 1000 < 0.1)
    assert not leases.too_late(None, 1000)
