"""Which events a handler gets in which order of arrival, as a pure decision."""

from hypothesis import given
from hypothesis import strategies as st

from molam_sdk.durable._inbox.backoff import Backoff
from molam_sdk.durable._inbox.order import Order, Position, advanced, may_run

histories = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["created", "processing", "paid", None])), min_size=1, max_size=7
)


def replay(events: list[Position], order: Order) -> tuple[list[Position], Position | None]:
    """Which events a handler gets, and the newest that was done."""
    ran: list[Position] = []
    newest: Position | None = None
    for event in events:
        if may_run(order, event, newest):
            ran.append(event)
            newest = advanced(event, newest)
    return ran, newest


@given(st.data(), histories)
def test_a_copied_status_ends_as_the_newest_in_any_order(
    data: st.DataObject, history: list[tuple[int, str | None]]
) -> None:
    events = [Position(sequence, f"evt_{number}", status) for number, (sequence, status) in enumerate(history)]
    last = max(events, key=lambda event: (event.sequence, event.event_id))
    arrival = data.draw(st.permutations(events))
    orders: tuple[Order, ...] = ("current", "latest")
    for order in orders:
        ran, newest = replay(arrival, order)
        assert newest == last
        assert ran[-1].status == last.status
        assert last in ran
    assert replay(arrival, "every")[0] == arrival


@given(histories)
def test_in_their_own_order_all_of_them_run(history: list[tuple[int, str | None]]) -> None:
    events = [Position(number, f"evt_{number}", status) for number, (_, status) in enumerate(history)]
    orders: tuple[Order, ...] = ("current", "latest", "every")
    for order in orders:
        assert replay(events, order)[0] == events


def test_waits_double_up_to_the_cap_with_full_jitter() -> None:
    backoff = Backoff(base=5.0, cap=60.0, attempts=9)
    assert [backoff.wait(attempt, 1.0) for attempt in range(1, 7)] == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert backoff.wait(2000, 0.5) == 30.0
    assert backoff.wait(3, 0.0) == 0.0
    assert 0.0 <= backoff.wait(1) <= 5.0
