"""The journal against a model of it, in any order of calls: no end is lost, no call is had by two."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from molam_sdk.errors import IdempotencyError
from molam_sdk.journal import Ended, Ending
from tests.durable.databases import Durable, temporary
from tests.durable.journals import JournalDriver, ended, entry, journal_on, make_older

OPEN = ("in_flight", "in_doubt")
ENDS = st.sampled_from(
    [
        ended("succeeded"),
        ended("not_sent"),
        ended("in_doubt"),
        ended("stale"),
        ended("rejected", status_code=401, code="api_key_invalid"),
        ended("rejected", status_code=402, code="card_declined"),
    ]
)


@dataclass
class Call:
    """What the model knows of a key."""

    state: Ending | str = "in_flight"
    claims: int = 1
    leased: bool = True
    doubt: bool = False

    def begin(self) -> None:
        self.claims += 1
        if self.state != "succeeded":
            self.doubt = self.state not in ("rejected", "not_sent")
            self.state, self.leased = "in_flight", True

    def finish(self, fence: int, end: Ended) -> None:
        if end.ending == "succeeded":
            self.state, self.doubt = "succeeded", False
        elif fence == self.claims and self.state in OPEN:
            settles = end.status_code == 402
            unsure = self.doubt and not settles and end.ending in ("not_sent", "rejected")
            self.state = "in_doubt" if unsure else end.ending
            self.doubt = (self.doubt and not settles) or end.ending == "in_doubt"
            self.leased = False


class JournalMachine(RuleBasedStateMachine):
    """Begins, claims and finishes calls of a few keys while leases run out."""

    tokens: Bundle[tuple[str, str]] = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.database = DATABASE[0]
        self.database.execute("DELETE FROM molam_calls")
        self.journal = JOURNAL[0]
        self.calls: dict[str, Call] = {}

    @rule(target=tokens, key=st.sampled_from("abc"))
    def begin(self, key: str) -> tuple[str, str]:
        begun = self.journal.start(entry(key, lease=600.0))
        token = begun.token
        known = self.calls.get(key)
        assert begun.in_doubt == (known is not None and known.state not in ("rejected", "not_sent"))
        if key in self.calls:
            self.calls[key].begin()
        else:
            self.calls[key] = Call()
        assert token.endswith(f":{self.calls[key].claims}")
        return key, token

    @precondition(lambda self: bool(self.calls))
    @rule(data=st.data())
    def begin_another_request(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.calls)))
        try:
            self.journal.begin(entry(key, content=b"another"))
        except IdempotencyError:
            return
        raise AssertionError("the key was taken for another request")

    @rule(target=tokens, limit=st.integers(1, 3))
    def claim(self, limit: int) -> MultipleResults[tuple[str, str]]:
        claimed = self.journal.claim(limit, lease=600.0)
        free = {key for key, call in self.calls.items() if call.state in OPEN and not call.leased}
        keys = [each.idempotency_key for _, each in claimed]
        assert len(keys) == len(set(keys)) == min(limit, len(free))
        assert set(keys) <= free
        for key in keys:
            call = self.calls[key]
            call.claims += 1
            call.state, call.leased, call.doubt = "in_flight", True, True
        return multiple(*((each.idempotency_key, token) for token, each in claimed))

    @rule(held=tokens, end=ENDS)
    def finish(self, held: tuple[str, str], end: Ended) -> None:
        key, token = held
        fence = int(token.rpartition(":")[2])
        newest = fence == self.calls[key].claims and self.calls[key].state in OPEN
        assert self.journal.finish(token, end) == (newest or end.ending == "succeeded")
        self.calls[key].finish(fence, end)

    @rule()
    def leases_end(self) -> None:
        make_older(self.database, 601)
        for call in self.calls.values():
            call.leased = False

    @invariant()
    def the_journal_is_as_the_model(self) -> None:
        rows = self.database.rows("SELECT idempotency_key, state, claims, doubt FROM molam_calls")
        assert set(rows) == {(key, call.state, call.claims, call.doubt) for key, call in self.calls.items()}


DATABASE: list[Durable] = []
JOURNAL: list[JournalDriver] = []


def test_the_journal_is_as_its_model() -> None:
    with TemporaryDirectory() as folder, temporary("sqlite", Path(folder)) as database:
        DATABASE[:] = [database]
        JOURNAL[:] = [journal_on(database, "sync")]
        run_state_machine_as_test(
            JournalMachine,
            settings=settings(
                max_examples=40,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
