"""Lists over several pages, in both directions."""

from datetime import datetime, timedelta

import pytest

from molam_api.models import PaymentIntent
from molam_sdk import MolamClient, ValidationError


@pytest.fixture
def customer(shared_client: MolamClient, kind: str) -> str:
    """A customer with seven payment intents."""
    name = f"customer-{kind}"
    if not shared_client.payment_intents.list(customer_id=name).page().data:
        for amount in range(1, 8):
            shared_client.payment_intents.create(amount=amount, currency="USD", customer_id=name)
    return name


def amounts(intents: list[PaymentIntent]) -> list[int]:
    return [intent.amount for intent in intents]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100, None])
def test_a_list_gives_every_item_once_newest_first(
    shared_client: MolamClient, customer: str, limit: int | None
) -> None:
    everything = list(shared_client.payment_intents.list(customer_id=customer, limit=limit))
    assert amounts(everything) == [7, 6, 5, 4, 3, 2, 1]


def test_pages_follow_each_other_by_cursor(shared_client: MolamClient, customer: str) -> None:
    first = shared_client.payment_intents.list(customer_id=customer, limit=3).page()
    assert (amounts(list(first.data)), first.has_more, first.next_cursor) == ([7, 6, 5], True, first.data[-1].id)
    second = first.next_page()
    assert second is not None
    assert (amounts(list(second.data)), second.has_more) == ([4, 3, 2], True)
    third = second.next_page()
    assert third is not None
    assert (amounts(list(third.data)), third.has_more, third.next_cursor) == ([1], False, None)
    assert third.next_page() is None


def test_a_list_starts_after_an_object(shared_client: MolamClient, customer: str) -> None:
    fourth = next(i for i in shared_client.payment_intents.list(customer_id=customer) if i.amount == 4)
    older = list(shared_client.payment_intents.list(customer_id=customer, starting_after=fourth.id, limit=2))
    assert amounts(older) == [3, 2, 1]


def test_a_list_walks_back_to_the_newest(shared_client: MolamClient, customer: str) -> None:
    oldest = next(i for i in shared_client.payment_intents.list(customer_id=customer) if i.amount == 1)
    backwards = shared_client.payment_intents.list(customer_id=customer, ending_before=oldest.id, limit=2)
    first = backwards.page()
    assert (amounts(list(first.data)), first.has_more, first.next_cursor) == ([3, 2], True, first.data[0].id)
    second = first.next_page()
    assert second is not None
    assert amounts(list(second.data)) == [5, 4]
    assert sorted(amounts(list(backwards))) == [2, 3, 4, 5, 6, 7]


def test_filters_hold_on_every_page(shared_client: MolamClient, customer: str) -> None:
    newest = next(iter(shared_client.payment_intents.list(customer_id=customer)))
    shared_client.payment_intents.cancel(newest.id)
    listed = shared_client.payment_intents.list(customer_id=customer, status="canceled", limit=1)
    assert {intent.status for intent in listed} == {"canceled"}
    everything = list(shared_client.payment_intents.list(customer_id=customer))
    middle = everything[3]
    since = list(shared_client.payment_intents.list(customer_id=customer, created_at_gte=middle.created_at, limit=2))
    until = list(
        shared_client.payment_intents.list(
            customer_id=customer, created_at_lte=middle.created_at - timedelta(milliseconds=1), limit=2
        )
    )
    assert {intent.id for intent in [*since, *until]} == {intent.id for intent in everything}
    assert not {intent.id for intent in since} & {intent.id for intent in until}


def test_a_raw_list_is_its_first_page(shared_client: MolamClient, customer: str) -> None:
    raw = shared_client.with_raw_response.payment_intents.list(customer_id=customer, limit=2)
    assert amounts(list(raw.parse().data)) == [7, 6]
    assert raw.status_code == 200


def test_an_unknown_cursor_is_refused(shared_client: MolamClient) -> None:
    with pytest.raises(ValidationError) as refused:
        shared_client.payment_intents.list(starting_after="pi_0000000000000000000000").page()
    assert (refused.value.status_code, refused.value.param) == (400, "starting_after")


@pytest.mark.parametrize("direction", ["starting_after", "ending_before"])
def test_an_empty_direction_is_an_empty_list(shared_client: MolamClient, customer: str, direction: str) -> None:
    everything = list(shared_client.payment_intents.list(customer_id=customer))
    if direction == "starting_after":
        edge = shared_client.payment_intents.list(customer_id=customer, starting_after=everything[-1].id)
    else:
        edge = shared_client.payment_intents.list(customer_id=customer, ending_before=everything[0].id)
    assert list(edge) == []


def test_no_time_is_too_early_or_too_late_to_filter_by(shared_client: MolamClient, customer: str) -> None:
    listed = shared_client.payment_intents.list
    assert list(listed(customer_id=customer, created_at_gte="9999-12-31T23:59:59.999999Z")) == []
    assert list(listed(customer_id=customer, created_at_lte="0001-01-01T00:00:00+23:59")) == []
    assert len(list(listed(customer_id=customer, created_at_gte="0001-01-01T00:00:00Z"))) == 7
    assert len(list(listed(customer_id=customer, created_at_lte="9999-12-31T23:59:59.999999-23:59"))) == 7


def test_a_time_between_two_milliseconds_is_a_sharp_border(shared_client: MolamClient, customer: str) -> None:
    middle = list(shared_client.payment_intents.list(customer_id=customer))[3].created_at
    later = middle + timedelta(microseconds=1)
    listed = shared_client.payment_intents.list
    assert middle in created(list(listed(customer_id=customer, created_at_lte=later)))
    assert middle not in created(list(listed(customer_id=customer, created_at_gte=later)))


def created(intents: list[PaymentIntent]) -> set[datetime]:
    return {intent.created_at for intent in intents}
