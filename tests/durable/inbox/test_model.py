"""Hypothesis plays deliveries, workers, failures and time against a model of what must have happened."""

import warnings
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection

from molam_api.models import Event
from molam_sdk import webhooks
from molam_sdk.durable import Inbox
from molam_sdk.durable._inbox.order import Position, is_news
from tests.durable.databases import Durable, temporary
from tests.durable.inbox.driver import (
    SECRET,
    done_by_handlers,
    effects_in,
    end_leases,
    make_due,
    note,
    signed,
    states,
    webhook,
)

ATTEMPTS = 3
OBJECTS, SEQUENCES = st.sampled_from(["pi_1", "pi_2"]), st.integers(1, 4)
STATUSES = {1: "created", 2: "processing", 3: "succeeded", 4: "succeeded"}


class Stopped(BaseException):
    """Somebody stops the worker."""


class InboxMachine(RuleBasedStateMachine):
    """What one worker sees at a time; `test_workers` has many."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", webhooks.EventModelWarning)
        directory = Path(self._stack.enter_context(TemporaryDirectory()))
        self.database: Durable = self._stack.enter_context(temporary("sqlite", directory))
        self._stack.enter_context(effects_in(self.database))
        self.inbox = Inbox(self.database.engine(), SECRET, attempts=ATTEMPTS, backoff=3600.0)
        self.inbox.on("*", order="every")(self.count)
        self.inbox.on("*")(self.mirror)
        self.mood: type[BaseException] | None = None
        self.tried: dict[str, int] = {}
        self.received: set[str] = set()
        self.done: set[str] = set()
        self.newest: dict[str, Position] = {}
        self.mirrored: dict[str, str] = {}

    def teardown(self) -> None:
        self._stack.close()

    def count(self, event: Event, connection: Connection) -> None:
        connection.execute(note(event, "every"))
        self.tried[event.id] = self.tried.get(event.id, 0) + 1
        if self.mood is not None:
            raise self.mood
        about: str = event.data.object_["id"]
        position = Position(event.sequence, event.id, event.data.object_["status"])
        if is_news(position, self.newest.get(about)):
            self.newest[about] = position
        self.done.add(event.id)

    def mirror(self, event: Event, connection: Connection) -> None:
        self.mirrored[event.data.object_["id"]] = event.data.object_["status"]
        connection.execute(note(event, "mirror"))

    @rule(about=OBJECTS, sequence=SEQUENCES, other_body=st.booleans())
    def deliver(self, about: str, sequence: int, other_body: bool) -> None:
        event_id = f"evt_{about}_{sequence}"
        known = event_id in self.received
        body = webhook(event_id, about=about, sequence=sequence, status=STATUSES[sequence])
        if known and other_body:
            body += b" "
        receipt = self.inbox.receive(signed(body), body)
        assert receipt.duplicate is known
        assert receipt.conflicting is (known and other_body)
        self.received.add(event_id)

    @rule(limit=st.integers(1, 8))
    def work(self, limit: int) -> None:
        self.mood = None
        processed = self.inbox.process(limit)
        assert processed.total <= limit
        assert processed.failed == processed.lost == processed.superseded == 0

    @rule(mood=st.sampled_from([ValueError, Stopped]))
    def work_badly(self, mood: type[BaseException]) -> None:
        self.mood = mood
        with suppress(Stopped):
            self.inbox.process(1)

    @precondition(lambda self: self.received)
    @rule()
    def time_passes(self) -> None:
        make_due(self.database)
        end_leases(self.database)

    @rule()
    def redrive(self) -> None:
        dead = {letter.event_id for letter in self.inbox.dead_letters()}
        assert self.inbox.redrive(type="*") == len(dead)
        for event_id in dead:
            self.tried.pop(event_id)

    @invariant()
    def each_effect_is_there_once(self) -> None:
        done = done_by_handlers(self.database)
        assert sorted(event_id for event_id, text in done if text == "every") == sorted(self.done)
        mirrored = [event_id for event_id, text in done if text == "mirror"]
        assert len(mirrored) == len(set(mirrored))

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        found = states(self.database)
        assert set(found) == self.received
        assert {event_id for event_id, state in found.items() if state == "done"} == self.done
        assert self.inbox.pending().count == sum(state == "pending" for state in found.values())
        for event_id, state in found.items():
            assert state in ("done", "pending", "dead")
            assert self.tried.get(event_id, 0) <= ATTEMPTS
            assert state != "dead" or self.tried[event_id] == ATTEMPTS

    @invariant()
    def the_mirror_shows_the_newest(self) -> None:
        assert self.mirrored == {about: newest.status for about, newest in self.newest.items()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_inbox_does_what_the_model_says() -> None:
    run_state_machine_as_test(
        InboxMachine,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
