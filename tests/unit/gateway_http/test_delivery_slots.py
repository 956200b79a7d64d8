"""How many attempts an endpoint may have under way."""

from molam_gateway.delivery.slots import Slots


def start(slots: Slots, endpoint: str) -> int:
    """Begin as many attempts as may be begun."""
    begun = 0
    while slots.free(endpoint):
        slots.take(endpoint)
        begun += 1
    return begun


def test_an_endpoint_that_took_nothing_yet_has_one_slot() -> None:
    assert start(Slots(8, 4), "new") == 1


def test_an_endpoint_that_takes_events_has_several_until_it_fails() -> None:
    slots = Slots(100, 4)
    slots.take("shop")
    slots.give_back("shop", accepted=True)
    assert start(slots, "shop") == 4
    for _ in range(4):
        slots.give_back("shop", accepted=False)
    assert start(slots, "shop") == 1


def test_half_of_the_slots_are_kept_for_endpoints_with_nothing_under_way() -> None:
    slots = Slots(8, 4)
    for number in range(8):
        slots.take(f"dead {number}")
        slots.give_back(f"dead {number}", accepted=False)
    assert sum(start(slots, f"dead {number}") for number in range(8)) == 4
    assert [start(slots, f"new {number}") for number in range(5)] == [1, 1, 1, 1, 0]


def test_the_reserve_is_not_for_the_second_attempt_at_an_endpoint() -> None:
    slots = Slots(4, 4)
    slots.take("shop")
    slots.give_back("shop", accepted=True)
    assert start(slots, "shop") == 2
    assert slots.free("other")
