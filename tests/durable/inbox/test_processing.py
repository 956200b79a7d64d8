"""Events become effects, wait for another attempt, or are given up."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import pytest
from sqlalchemy import Executable

from molam_api.models import Event
from molam_sdk.durable import AsyncInbox, Inbox, Processed
from molam_sdk.errors import ConfigurationError
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    SECRET,
    InboxDriver,
    attempts_and_error,
    deliver,
    done_by_handlers,
    failing,
    inbox_on,
    make_due,
    note,
    noting,
    signed,
    states,
    webhook,
)

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")


def test_a_webhook_is_kept_and_its_handler_runs_once(inbox: InboxDriver, database: Durable) -> None:
    inbox.on("payment_intent.succeeded")
    (first, again) = deliver(inbox, webhook(), webhook())
    assert (first.event_id, first.duplicate, again.duplicate, again.conflicting) == ("evt_1", False, True, False)
    assert done_by_handlers(database) == []
    assert inbox.pending().count == 1
    assert inbox.process() == Processed(done=1)
    assert inbox.process() == Processed()
    assert deliver(inbox, webhook())[0].duplicate
    assert inbox.process() == Processed()
    assert done_by_handlers(database) == [("evt_1", "")]
    assert inbox.pending() == type(inbox.pending())(0, None)
    assert attempts_and_error(database) == (1, None)


def test_the_handler_gets_the_event_with_its_typed_object(half: str, database: Durable) -> None:
    seen: list[Event] = []
    inbox = inbox_on(database, half)

    def look(event: Event) -> Iterator[Executable]:
        seen.append(event)
        yield note(event)

    inbox.on("*", effect=look)
    deliver(inbox, webhook(sequence=7))
    inbox.process()
    (event,) = seen
    assert (event.id, event.type_, event.sequence) == ("evt_1", "payment_intent.succeeded", 7)
    assert event.data.object_["status"] == "succeeded"


@pytest.mark.filterwarnings("ignore:this version of the SDK knows no event")
def test_handlers_run_by_exact_type_by_object_and_for_all_in_their_order(inbox: InboxDriver, database: Durable) -> None:
    for number, pattern in enumerate(("*", "refund.*", "refund.failed", "refund.fail", "payment_intent.*", "re.*")):
        inbox.on(pattern, effect=noting(str(number)))
    inbox.on("refund.failed", "refund.*", "*", effect=noting("once"))
    deliver(inbox, webhook(type="refund.failed"))
    assert inbox.process() == Processed(done=1)
    assert [text for _, text in done_by_handlers(database)] == ["0", "1", "2", "once"]


def test_one_failing_handler_undoes_what_the_others_wrote(inbox: InboxDriver, database: Durable) -> None:
    inbox.on("*")
    inbox.on("*", effect=failing)
    deliver(inbox, webhook())
    assert inbox.process() == Processed(failed=1)
    assert done_by_handlers(database) == []
    assert attempts_and_error(database) == (1, "ValueError")


def test_an_event_that_nobody_handles_is_ignored_and_can_be_redriven(inbox: InboxDriver, database: Durable) -> None:
    deliver(inbox, webhook())
    assert inbox.process() == Processed(ignored=1)
    inbox.on("payment_intent.*")
    assert inbox.redrive(type="payment_intent.*") == 0
    assert inbox.redrive(type="payment_intent.*", state="ignored") == 1
    assert inbox.process() == Processed(done=1)
    assert states(database) == {"evt_1": "done"}


def test_a_failing_event_waits_longer_each_time_and_becomes_a_dead_letter(half: str, database: Durable) -> None:
    inbox = inbox_on(database, half, attempts=3)
    inbox.on("*", effect=failing)
    deliver(inbox, webhook())
    assert inbox.process() == Processed(failed=1)
    waits = database.rows("SELECT next_at > received_at FROM received_webhooks")
    assert waits == [(True,)]
    make_due(database)
    assert inbox.process() == Processed(failed=1)
    assert inbox.dead_letters() == []
    make_due(database)
    assert inbox.process() == Processed(dead=1)
    make_due(database)
    assert inbox.process() == Processed()
    (letter,) = inbox.dead_letters()
    assert (letter.event_id, letter.attempts, letter.error) == ("evt_1", 3, "ValueError")
    assert (letter.tenant, letter.type, letter.object_id) == ("", "payment_intent.succeeded", "pi_1")
    assert letter.received_at <= letter.died_at <= datetime.now(UTC) + timedelta(minutes=1)
    assert done_by_handlers(database) == []


def test_no_exception_leaves_more_than_its_class_behind(
    half: str, database: Durable, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, Exception]] = []

    def tell(event_id: str, error: Exception) -> None:
        told.append((event_id, error))

    inbox = inbox_on(database, half, attempts=1, on_error=tell)
    inbox.on("*", effect=failing)
    deliver(inbox, webhook())
    with caplog.at_level(logging.DEBUG):
        inbox.process()
    assert "evt_1" in caplog.text
    assert "ValueError" in caplog.text
    assert "+2217" not in caplog.text
    assert "+221770000001" not in str(database.rows("SELECT * FROM received_webhooks"))
    ((event_id, error),) = told
    assert (event_id, type(error)) == ("evt_1", ValueError)


def test_on_error_may_be_a_coroutine_function_where_handlers_are(database: Durable) -> None:
    told: list[str] = []

    async def tell(event_id: str, error: Exception) -> None:
        await asyncio.sleep(0)
        told.append(f"{event_id} {type(error).__name__}")

    inbox = inbox_on(database, "async", on_error=tell)
    inbox.on("*", effect=failing)
    deliver(inbox, webhook())
    assert inbox.process() == Processed(failed=1)
    assert told == ["evt_1 ValueError"]
    with pytest.raises(ConfigurationError, match="on_error is of the wrong kind"):
        inbox_on(database, "sync", on_error=tell)


def test_a_failing_on_error_harms_nobody(half: str, database: Durable) -> None:
    def broken(event_id: str, error: Exception) -> None:
        raise ZeroDivisionError

    inbox = inbox_on(database, half, on_error=broken)
    inbox.on("*", effect=failing)
    deliver(inbox, webhook())
    assert inbox.process() == Processed(failed=1)


def test_a_log_that_breaks_changes_nothing(half: str, database: Durable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an event that failed `on_error` hears; one that was too late for a handler is done, and counted so."""
    told: list[str] = []

    def broken(record: logging.LogRecord) -> bool:
        raise RuntimeError(record.msg)

    def tell(event_id: str, error: Exception) -> None:
        told.append(f"{event_id} {type(error).__name__}")

    monkeypatch.setattr(logging.getLogger("molam_sdk.durable.inbox"), "filters", [broken])
    inbox = inbox_on(database, half, on_error=tell)
    inbox.on("refund.*", effect=failing)
    inbox.on("payment_intent.*", order="every")
    inbox.on("payment_intent.*", order="latest")
    deliver(inbox, webhook("evt_2", sequence=2))
    assert inbox.process() == Processed(done=1)
    refund = webhook("evt_r", "refund.processed", about="re_1", status="succeeded")
    deliver(inbox, webhook("evt_1", sequence=1), refund)
    assert inbox.process() == Processed(done=1, failed=1)
    assert told == ["evt_r ValueError"]
    assert deliver(inbox, webhook("evt_1", sequence=3))[0].conflicting


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_handler_that_turns_out_to_be_of_the_wrong_kind_hears_of_inboxes(database: Durable) -> None:
    """What it is called by does not tell: it looks like a function of the right kind."""
    told: list[str] = []

    def tell(event_id: str, error: Exception) -> None:
        told.append(f"{type(error).__name__}: {error}")

    async def waits(event: Event, connection: object) -> None:
        raise AssertionError

    def calls(event: Event, connection: object) -> object:
        return waits(event, connection)

    @wraps(waits)
    def returns(event: Event, connection: object) -> None:
        return

    plain = Inbox(database.engine(), SECRET, on_error=tell)
    plain.on("*")(calls)
    plain.receive(signed(webhook()), webhook())
    assert plain.process() == Processed(failed=1)
    make_due(database)
    misled: Any = returns
    asynchronous = AsyncInbox(database.async_engine(), SECRET, on_error=tell)
    asynchronous.on("*")(misled)
    assert asyncio.run(asynchronous.process()) == Processed(failed=1)
    wrong = "ConfigurationError: a handler of payment_intent.succeeded is of the wrong kind: "
    assert told == [f"{wrong}Inbox needs `def`; see AsyncInbox", f"{wrong}AsyncInbox needs `async def`"]
