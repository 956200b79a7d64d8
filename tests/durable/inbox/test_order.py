"""Events that come late: nothing regresses, and nothing that still holds is dropped."""

from collections.abc import Iterator
from itertools import permutations

import pytest
from sqlalchemy import Executable

from molam_api.models import Event
from molam_sdk.durable import Processed
from molam_sdk.durable._inbox.order import Order
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    InboxDriver,
    deliver,
    done_by_handlers,
    failing,
    inbox_on,
    make_due,
    note,
    noting,
    states,
    webhook,
)

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")

CREATED = webhook("evt_1", "payment_intent.created", sequence=1, status="requires_payment_method")
PROCESSING = webhook("evt_2", "payment_intent.processing", sequence=2, status="processing")
SUCCEEDED = webhook("evt_3", "payment_intent.succeeded", sequence=4, status="succeeded")
ANOMALY = webhook("evt_4", "payment_intent.anomaly", sequence=7, status="succeeded")


def test_of_events_that_wait_together_the_oldest_runs_first(inbox: InboxDriver, database: Durable) -> None:
    inbox.on("*", order="latest")
    deliver(inbox, ANOMALY, SUCCEEDED, CREATED, PROCESSING)
    assert inbox.process() == Processed(done=4)
    assert [event_id for event_id, _ in done_by_handlers(database)] == ["evt_1", "evt_2", "evt_3", "evt_4"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("half", ["sync"])
def test_a_paid_order_never_becomes_pending_again_and_is_never_left_unpaid(
    inbox: InboxDriver, database: Durable
) -> None:
    """The events of one payment, one by one in every order; handlers of their own for what they say."""

    def status(event: Event) -> Iterator[Executable]:
        yield note(event, event.data.object_["status"])

    for type in ("payment_intent.created", "payment_intent.processing", "payment_intent.succeeded"):
        inbox.on(type, effect=status)
    inbox.on("payment_intent.anomaly", effect=noting("look at it"))
    for arrival in permutations((CREATED, PROCESSING, SUCCEEDED, ANOMALY)):
        for body in arrival:
            deliver(inbox, body)
            inbox.process()
        effects = dict(done_by_handlers(database))
        said = [text for _, text in done_by_handlers(database) if text != "look at it"]
        assert said[-1] == "succeeded"
        assert effects["evt_3"] == "succeeded"
        assert effects["evt_4"] == "look at it"
        assert set(states(database).values()) <= {"done", "superseded"}
        for table in ("received_webhooks", "webhook_objects", "inbox_effects"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - of the test


def test_what_a_late_event_does_is_up_to_each_handler(inbox: InboxDriver, database: Durable) -> None:
    orders: tuple[Order, ...] = ("current", "latest", "every")
    for order in orders:
        inbox.on("payment_intent.*", effect=noting(order), order=order)
    deliver(inbox, ANOMALY)
    inbox.process()
    deliver(inbox, SUCCEEDED, PROCESSING)
    assert inbox.process() == Processed(done=2)
    assert done_by_handlers(database)[3:] == [("evt_2", "every"), ("evt_3", "current"), ("evt_3", "every")]


def test_a_superseded_event_is_kept_as_such(inbox: InboxDriver, database: Durable) -> None:
    inbox.on("*")
    deliver(inbox, SUCCEEDED)
    inbox.process()
    deliver(inbox, PROCESSING)
    assert inbox.process() == Processed(superseded=1)
    assert states(database) == {"evt_3": "done", "evt_2": "superseded"}
    assert inbox.redrive("evt_2", state="superseded") == 1
    assert inbox.process() == Processed(superseded=1)


@pytest.mark.parametrize("half", ["sync"])
def test_what_no_handler_got_supersedes_nothing(inbox: InboxDriver) -> None:
    inbox.on("payment_intent.created")
    deliver(inbox, SUCCEEDED)
    assert inbox.process() == Processed(ignored=1)
    deliver(inbox, CREATED)
    assert inbox.process() == Processed(done=1)


@pytest.mark.parametrize("half", ["sync"])
def test_what_any_handler_got_counts_for_all_of_them(inbox: InboxDriver, database: Durable) -> None:
    """Who wants everything of a payment that succeeded has done so for those who would set it back."""
    inbox.on("payment_intent.succeeded", effect=noting("paid"), order="every")
    inbox.on("payment_intent.processing", effect=noting("processing"))
    deliver(inbox, SUCCEEDED)
    inbox.process()
    deliver(inbox, PROCESSING)
    assert inbox.process() == Processed(superseded=1)
    assert done_by_handlers(database) == [("evt_3", "paid")]


def test_a_handler_that_was_passed_over_can_still_get_what_others_had(
    database: Durable, half: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It runs alone then: no effect happens twice. Until its order is another one it is passed over again."""

    def prepared(order: Order) -> InboxDriver:
        inbox = inbox_on(database, half)
        inbox.on("*", effect=noting("audit"), order="every")
        inbox.on("payment_intent.*", effect=noting("status"), order=order)
        return inbox

    inbox = prepared("current")
    failed = webhook("evt_f", "payment_intent.failed", sequence=3, status="requires_payment_method")
    deliver(inbox, SUCCEEDED)
    inbox.process()
    deliver(inbox, failed)
    assert inbox.process() == Processed(done=1)
    assert "evt_f (payment_intent.failed) came after a newer one" in caplog.text
    assert states(database)["evt_f"] == "done"
    assert inbox.redrive("evt_f", state="superseded") == 1
    assert inbox.process() == Processed(superseded=1)
    assert inbox.redrive(type="*", state="superseded") == 1
    assert prepared("every").process() == Processed(done=1)
    assert done_by_handlers(database)[2:] == [("evt_f", "audit"), ("evt_f", "status")]
    assert states(database)["evt_f"] == "done"
    assert inbox.redrive(type="*", state="superseded") == 0


def test_a_fact_is_for_whoever_names_it_however_late(inbox: InboxDriver, database: Durable) -> None:
    """The provider took the money twice: the payment has succeeded by another attempt since."""
    inbox.on("payment_intent.anomaly", effect=noting("look at it"))
    inbox.on("payment_intent.*", effect=noting("status"))
    anomaly = webhook("evt_a", "payment_intent.anomaly", sequence=3, status="requires_payment_method")
    deliver(inbox, SUCCEEDED)
    inbox.process()
    deliver(inbox, anomaly)
    assert inbox.process() == Processed(done=1)
    assert done_by_handlers(database) == [("evt_3", "status"), ("evt_a", "look at it")]


@pytest.mark.parametrize("half", ["sync"])
def test_other_objects_and_events_without_a_sequence_are_no_matter(inbox: InboxDriver) -> None:
    inbox.on("*")
    deliver(inbox, ANOMALY)
    inbox.process()
    refund = webhook("evt_r", "refund.processed", about="re_1", sequence=1, status="succeeded")
    odd = webhook("evt_o", sequence="first", status="processing")
    deliver(inbox, refund, odd)
    assert inbox.process() == Processed(done=2)
    deliver(inbox, PROCESSING)
    assert inbox.process() == Processed(superseded=1)


def test_a_failing_event_holds_back_the_newer_ones_of_its_object_only(inbox: InboxDriver, database: Durable) -> None:
    sick = True

    def effect(event: Event) -> Iterator[Executable]:
        yield note(event)
        if sick:
            raise ValueError

    inbox.on("payment_intent.processing", effect=effect)
    inbox.on("payment_intent.succeeded", "refund.processed")
    refund = webhook("evt_r", "refund.processed", about="re_1", sequence=9, status="succeeded")
    unnumbered = webhook("evt_u", sequence=None)
    deliver(inbox, PROCESSING, SUCCEEDED, refund)
    assert inbox.process() == Processed(done=1, failed=1)
    deliver(inbox, unnumbered)
    assert inbox.process() == Processed(done=1)
    assert inbox.pending().count == 2
    sick = False
    make_due(database)
    assert inbox.process() == Processed(done=2)
    assert [event_id for event_id, _ in done_by_handlers(database)] == ["evt_r", "evt_u", "evt_2", "evt_3"]


def test_a_dead_event_lets_the_newer_ones_pass(half: str, database: Durable) -> None:
    inbox = inbox_on(database, half, attempts=2)
    inbox.on("payment_intent.processing", effect=failing)
    inbox.on("payment_intent.succeeded")
    deliver(inbox, PROCESSING, SUCCEEDED)
    assert inbox.process() == Processed(failed=1)
    make_due(database)
    assert inbox.process() == Processed(dead=1, done=1)
    assert [letter.event_id for letter in inbox.dead_letters()] == ["evt_2"]
    assert inbox.redrive("evt_2") == 1
    assert inbox.process() == Processed(superseded=1)


def test_an_older_event_passes_one_that_waits(inbox: InboxDriver, database: Durable) -> None:
    """What waits holds back the newer ones only."""
    inbox.on("payment_intent.processing", effect=failing)
    inbox.on("payment_intent.created", order="every")
    deliver(inbox, PROCESSING)
    assert inbox.process() == Processed(failed=1)
    deliver(inbox, CREATED, webhook("evt_0", "payment_intent.created", sequence=2, status="processing"))
    assert inbox.process() == Processed(done=2)
    deliver(inbox, webhook("evt_9", "payment_intent.created", sequence=2, status="processing"))
    assert inbox.process() == Processed()
    assert [event_id for event_id, _ in done_by_handlers(database)] == ["evt_1", "evt_0"]
