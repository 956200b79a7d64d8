"""Which events a handler gets in which order of arrival: as a pure decision, and with attempts that fail."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from molam_api.models import Event
from molam_sdk import webhooks
from molam_sdk.durable import Inbox
from molam_sdk.durable._inbox.backoff import Backoff
from molam_sdk.durable._inbox.order import Order, Position, advanced, may_run
from tests.durable.databases import Durable, temporary
from tests.durable.inbox.driver import (
    SECRET,
    done_by_handlers,
    effects_in,
    make_due,
    note,
    signed,
    states,
    webhook,
)

ATTEMPTS = 3
arrivals = st.lists(
    st.tuples(st.integers(0, ATTEMPTS), st.lists(st.sampled_from(["work", "time passes"]), max_size=3)),
    min_size=1,
    max_size=4,
)
"""How often each event of an object fails, in their order, and what happens before the next one comes."""

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


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Durable]:
    """One for all examples."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", webhooks.EventModelWarning)
        database = stack.enter_context(temporary("sqlite", tmp_path_factory.mktemp("late")))
        stack.enter_context(effects_in(database))
        yield database


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(arrivals, st.sampled_from(["current", "latest", "every"]))
def test_what_arrives_in_order_is_done_once_and_in_order_whatever_fails(
    database: Durable, arrivals: list[tuple[int, list[str]]], order: Order
) -> None:
    """No attempt that fails makes an event late: it is done before the next one is, or a dead letter."""
    database.execute("DELETE FROM inbox_effects")
    database.execute("DELETE FROM webhook_objects")
    database.execute("DELETE FROM received_webhooks")
    inbox = Inbox(database.engines[0], SECRET, attempts=ATTEMPTS, backoff=3600.0)
    fails = {f"evt_{number}": count for number, (count, _) in enumerate(arrivals)}
    left = dict(fails)

    @inbox.on("*", order=order)
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event))
        if left[event.id]:
            left[event.id] -= 1
            raise ValueError

    for number, (_, steps) in enumerate(arrivals):
        body = webhook(f"evt_{number}", sequence=number, status=f"status_{number}")
        inbox.receive(signed(body), body)
        for step in steps:
            inbox.process(1) if step == "work" else make_due(database)
    while inbox.pending().count:
        make_due(database)
        assert inbox.process().total
    ended = {event_id: "dead" if count == ATTEMPTS else "done" for event_id, count in fails.items()}
    assert states(database) == ended
    assert [event_id for event_id, _ in done_by_handlers(database)] == [each for each in ended if ended[each] == "done"]


def test_waits_double_up_to_the_cap_with_full_jitter() -> None:
    backoff = Backoff(base=5.0, cap=60.0, attempts=9)
    assert [backoff.wait(attempt, 1.0) for attempt in range(1, 7)] == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert backoff.wait(2000, 0.5) == 30.0
    assert backoff.wait(3, 0.0) == 0.0
    assert 0.0 <= backoff.wait(1) <= 5.0
