"""Dead letters are redriven; what is done is forgotten, or kept without its body, or encrypted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Executable, event, text

from molam_api.models import Event
from molam_sdk import errors
from molam_sdk.durable import IdempotencyStore, Inbox, Processed
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    InboxDriver,
    deliver,
    done_by_handlers,
    failing,
    inbox_on,
    make_older,
    note,
    states,
    webhook,
)

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")


def test_dead_letters_are_redriven_by_id_by_type_and_by_time(half: str, database: Durable) -> None:
    inbox = inbox_on(database, half, attempts=1)
    sick = True

    def effect(event: Event) -> Iterator[Executable]:
        yield note(event)
        if sick:
            raise ValueError

    inbox.on("*", effect=effect)
    deliver(inbox, webhook("evt_1"), webhook("evt_2", about="re_1", type="refund.failed"), webhook("evt_3", about="x"))
    assert inbox.process() == Processed(dead=3)
    hour = timedelta(hours=1)
    assert inbox.redrive(since=datetime.now(UTC) + hour) == 0
    assert inbox.redrive("evt_4") == 0
    assert inbox.redrive("evt_1", type="refund.failed") == 0
    sick = False
    assert inbox.redrive(type="refund.failed") == 1
    assert inbox.process() == Processed(done=1)
    assert inbox.redrive("evt_1") == 1
    assert inbox.redrive("evt_1") == 0
    assert inbox.redrive(since=datetime.now(UTC) - hour) == 1
    assert inbox.process() == Processed(done=2)
    assert sorted(event_id for event_id, _ in done_by_handlers(database)) == ["evt_1", "evt_2", "evt_3"]
    assert [inbox.redrive(each) for each in ("evt_1", "evt_2", "evt_3")] == [0, 0, 0]


def test_a_redrive_must_say_what(inbox: InboxDriver) -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"tenant": "a"},
        {"since": datetime.now()},  # noqa: DTZ005
        {"since": "today"},
        {"type": "*", "state": "done"},
    ]
    with pytest.raises(errors.ConfigurationError, match="state must be"):
        inbox.redrive(state="foo")
    with pytest.warns(UserWarning, match=r"no event of type 'refunds\.\*'"):
        assert inbox.redrive(type="refunds.*") == 0

    for options in wrong:
        with pytest.raises(errors.ConfigurationError):
            inbox.redrive(**options)


def test_what_is_done_is_forgotten_only_once_it_cannot_come_again(half: str, database: Durable) -> None:
    inbox = inbox_on(database, half, attempts=1)
    inbox.on("payment_intent.*")
    inbox.on("charge.*", effect=failing)
    bodies = [webhook(), webhook("evt_2", type="x"), webhook("evt_3", about="ch_1", type="charge.failed")]
    deliver(inbox, *bodies)
    assert inbox.process() == Processed(done=1, ignored=1, dead=1)
    days: Any = 90
    with pytest.raises(errors.ConfigurationError, match=r"older_than must be a datetime\.timedelta"):
        inbox.cleanup(days)
    with pytest.raises(errors.ConfigurationError, match="31 days"):
        inbox.cleanup(timedelta(days=30))
    assert inbox.cleanup(timedelta(days=31)) == 0
    make_older(database, timedelta(days=32))
    assert inbox.cleanup() == 0
    assert inbox.cleanup(timedelta(days=31)) == 2
    assert states(database) == {"evt_3": "dead"}
    assert database.rows("SELECT object_id FROM webhook_objects") == [("ch_1",)]


def test_cleanup_does_not_wait_for_what_others_have_locked(half: str, database: Durable) -> None:
    """A handler's transaction is open the whole time, and so is that of somebody who works at an old object again."""
    inbox = inbox_on(database, half)
    inbox.on("*")
    deliver(inbox, *(webhook(f"evt_{number}", about=f"pi_{number}") for number in range(5)))
    inbox.process()
    make_older(database, timedelta(days=91))
    deliver(inbox, webhook("evt_new", about="pi_new"))
    database.execute("DELETE FROM received_webhooks WHERE event_id = 'evt_4'")
    if database.name == "sqlite":
        assert inbox.cleanup() == 4
        return
    with database.engine(isolation_level="READ COMMITTED").connect() as handler:
        for locked in ("pi_3", "pi_4"):
            handler.execute(
                text("UPDATE webhook_objects SET token = 'x' WHERE tenant = '' AND object_id = :id"), {"id": locked}
            )
        handler.execute(text("UPDATE received_webhooks SET attempts = 1 WHERE tenant = '' AND event_id = 'evt_new'"))
        assert inbox.cleanup() == 4
        handler.rollback()
    assert sorted(database.rows("SELECT object_id FROM webhook_objects")) == [("pi_3",), ("pi_4",)]
    assert states(database) == {"evt_new": "pending"}


def test_bodies_go_with_the_option_once_they_are_done(half: str, database: Durable) -> None:
    inbox = inbox_on(database, half, keep_bodies=False)
    inbox.on("*")
    deliver(inbox, webhook(sequence=2), webhook("evt_2", sequence=1, status="processing"))
    assert inbox.process(1) == Processed(done=1)
    deliver(inbox, webhook("evt_3", sequence=1, status="processing"))
    inbox.process()
    assert set(database.rows("SELECT body, body_form FROM received_webhooks")) == {(None, "dropped")}
    assert inbox.redrive(type="*", state="superseded") == 0
    assert deliver(inbox, webhook(sequence=2))[0].conflicting is False


def test_encrypted_bodies_are_opened_with_their_keys_only(half: str, database: Durable) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    deliver(inbox_on(database, half, encryption_keys=[old]), webhook())
    assert "payment_intent" not in str(database.rows("SELECT body FROM received_webhooks"))
    without = inbox_on(database, half, attempts=1)
    without.on("*")
    assert without.process() == Processed(dead=1)
    assert without.dead_letters()[0].error == "StorageError"
    rotated = inbox_on(database, half, encryption_keys=[new, old])
    rotated.on("*")
    assert deliver(rotated, webhook())[0].conflicting is False
    assert deliver(rotated, webhook(sequence=9))[0].conflicting is True
    deliver(rotated, webhook("evt_2"))
    rotated.redrive("evt_1")
    assert rotated.process() == Processed(done=2)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_cleanup_reads_by_an_index(database: Durable) -> None:
    """PostgreSQL takes none where a volatile function, as its clock is, is compared with for each row."""
    engine = database.engine()
    inbox, store = Inbox(engine), IdempotencyStore(engine)
    database.execute(
        "INSERT INTO received_webhooks (tenant, event_id, type, object_id, sequence, body_form, digest, conflicting,"
        " state, attempts, received_at, next_at, ended_at) SELECT '', 'e' || n, 't', 'o', 1, 'dropped', 'd', false,"
        " 'done', 1, 0, 0, extract(epoch from now())::bigint * 1000000 FROM generate_series(1, 20000) n"
    )
    database.execute(
        "INSERT INTO server_idempotency (idempotency_key, route, scope, status, response_form, claims, created_at,"
        " expires_at) SELECT 'k' || n, '', '', 'completed', 'plain', 1, 0,"
        " extract(epoch from now())::bigint * 1000000 + 1000000000 + n FROM generate_series(1, 20000) n"
    )
    database.execute("ANALYZE received_webhooks")
    database.execute("ANALYZE server_idempotency")
    seen: list[tuple[str, Any]] = []

    def remember(_: object, cursor: object, statement: str, parameters: Any, *__: object) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    assert (inbox.cleanup(), store.cleanup()) == (0, 0)
    event.remove(engine, "before_cursor_execute", remember)
    read = [each for each in seen if "ended_at <" in each[0] or "expires_at <=" in each[0]]
    with engine.connect() as connection:
        for statement, parameters in read:
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
            assert "Seq Scan on received_webhooks" not in plan, plan
            assert "Seq Scan on server_idempotency" not in plan, plan
    assert len(read) == 4
