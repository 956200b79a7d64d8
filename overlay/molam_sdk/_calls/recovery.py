"""Decides what becomes of the calls that were begun and never finished: replayed, asked about or left alone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .._options.settings import owners_of, positive
from ..errors import ConfigurationError, MolamError, NetworkError, StorageError, UnexpectedResponseError
from ..journal import Ended, Recovered, Scope, fingerprint
from .issued import Issued
from .journaling import LEASE_SLACK, ended
from .log import log
from .operation import endpoint_of, prepare, restored
from .question import Found, Question
from .resume import USABLE

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from .._exchange.attempt import Settled
    from .._network.request import Origin
    from ..journal import Entry
    from .operation import Prepared
    from .session import Session

FROM_THE_FUTURE = 300.0
"""Seconds by which the clock of another machine may be ahead."""

_LEAST_PATIENCE = 1.0
_MOST_FAILURES = 3

Verdict = tuple[Recovered, Ended]


class Recovery:
    """One run over the journal.

    Attributes:
        lease: Seconds for which an entry is claimed.
        patience: Seconds that the journal has for a claim.
        scope: Which entries are claimed.
        later: Tokens, operations and ends of the entries that stay open; they are let go when the run is over, so that
            none of them is claimed twice in it.
    """

    def __init__(self, session: Session, limit: int, former_api_keys: Sequence[str] = ()) -> None:
        if session.journal is None:
            raise ConfigurationError("recover() needs a journal; make the client with journal=")
        self._session = session
        self._sessions: dict[str | None, Session] = {session.config.account: session}
        self._left = positive("limit", limit)
        self._seen: set[tuple[object, ...]] = set()
        self._report: list[Recovered] = []
        self._failures = 0
        self.patience = session.policy.deadline
        self.lease = self.patience + LEASE_SLACK
        livemode = session.config.livemode
        self.scope = Scope(
            owner=session.owner,
            former_owners=owners_of("former_api_keys", former_api_keys, livemode),
            livemode=livemode,
            regions=session.addresses(),
        )
        self.later: list[tuple[str, str, Ended]] = []

    @property
    def report(self) -> tuple[Recovered, ...]:
        """What was found out so far."""
        return tuple(self._report)

    @property
    def goes_on(self) -> bool:
        """Whether the limit is not reached."""
        return self._left > 0

    def claims_again(self, error: Exception) -> bool:
        """Whether to claim once more after a failure: an entry that cannot be read must not keep the others waiting.

        Raises:
            StorageError: If it has failed too often and nothing was found out.
        """
        self._failures += 1
        if self._failures < _MOST_FAILURES:
            return True
        if not self._report:
            if isinstance(error, MolamError):
                raise error
            name = type(error).__name__
            raise StorageError(f"the journal cannot be read ({name})", cause_type=name)
        log(logging.WARNING, "recover() ended early, the journal cannot be read (%s)", type(error).__name__)
        return False

    def rest(self, began: float, now: float) -> float:
        """Return the seconds that noting an end may take: what is left of a deadline, but at least one."""
        return max(_LEAST_PATIENCE, began + self.patience - now)

    def begins(self, claimed: Sequence[tuple[str, Entry]]) -> bool:
        """Whether there is something to do, and for the first time in this run; if not, it is let go at its end."""
        self._failures = 0
        names = {(entry.owner, entry.account, entry.livemode, entry.idempotency_key) for _, entry in claimed}
        new = bool(names - self._seen)
        self._seen |= names
        if not new:
            self.later += [(token, entry.operation, Ended(ending="in_doubt")) for token, entry in claimed]
        return new

    def settle(self, entry: Entry, now: float, wall: float) -> Generator[Issued, Settled | MolamError, Verdict]:
        """Yield the calls that settle an entry, take what came of each, return the verdict.

        All of them share one deadline.

        Args:
            entry: What was begun.
            now: Monotonic time.
            wall: Unix time.
        """
        self._left -= 1
        not_ours = self._not_ours(entry)
        if not_ours is not None:
            return _open(entry, not_ours)
        try:
            session = yield from self._session_of(entry, now, wall)
        except MolamError as error:
            return _open(entry, f"its account cannot be acted for ({error.message})", error)
        origin = session.origin_of(entry.region)
        if origin is None:
            return _open(entry, "its region is none of this client's; recover it with a client that has it")
        return (yield from _settle(entry, session, origin, now, wall))

    def _not_ours(self, entry: Entry) -> str | None:
        """Return why the entry is one for another client, if it is."""
        if entry.owner.startswith("key_") and entry.owner not in (self.scope.owner, *self.scope.former_owners):
            return "it was made with another API key; recover it with former_api_keys or that key"
        if entry.livemode != self._session.config.livemode:
            return f"it was made with {_MODES[entry.livemode]}; recover it with such a client"
        if entry.unreadable is not None:
            return f"its body cannot be opened ({entry.unreadable})"
        return None

    def _session_of(self, entry: Entry, now: float, wall: float) -> Generator[Issued, Settled | MolamError, Session]:
        """Return the session that speaks for the entry's account, its home region known."""
        session = self._sessions.get(entry.account) or self._session.with_options(None, {"account": entry.account})
        if session.needs_home_region:
            asked = Issued(prepare(endpoint_of("retrieve_account"), (), {}), session, now, wall, now, None)
            session.home.found(asked.read(_believed((yield asked))).home_region)
            session.arrive()
        self._sessions[entry.account] = session
        return session

    def take(self, token: str, entry: Entry, verdict: Verdict) -> Ended | None:
        """Note a verdict; return the end to write down at once, None for an entry that stays open.

        One for another client is given back at once, lest a client that can open nothing keeps everything. Nobody
        raises the errors of a report, so that no front door clears the requests out of their tracebacks.
        """
        recovered, end = verdict
        if recovered.error is not None:
            recovered.error.__traceback__ = recovered.error.__context__ = None
        self._report.append(recovered)
        if end.ending == "in_doubt" and self._not_ours(entry) is None:
            self.later.append((token, recovered.operation, end))
            return None
        if end.ending == "stale":
            log(logging.WARNING, "left to a person, key %s: %s", recovered.idempotency_key, recovered.error)
        return end


def broken(error: Exception) -> MolamError:
    """Return what ended a call that a transport of the user's broke down in."""
    return NetworkError(
        f"the transport raised {type(error).__name__}", outcome="unknown", cause_type=type(error).__name__
    )


def _settle(
    entry: Entry, session: Session, origin: Origin, now: float, wall: float
) -> Generator[Issued, Settled | MolamError, Verdict]:
    try:
        prepared = restored(entry.operation, entry.idempotency_key, entry.target, entry.content)
    except MolamError as error:
        return _open(entry, f"it is no request of this version of the SDK ({error.message})", error)
    is_sure = wall - entry.created_at.timestamp() > -FROM_THE_FUTURE
    age = max(entry.age, wall - entry.created_at.timestamp())
    is_usable = is_sure and age < USABLE
    patience = session.policy.deadline
    question = Question(prepared, session.pinned(origin, patience), now, wall)
    if is_usable and entry.content_kept:
        if not _is_as_written(entry, prepared.operation.method):
            return _open(entry, "its bytes are not those that were written down; is the encryption key right?")
        pinned = session.pinned(origin, min(patience, USABLE - age))
        issued = Issued(prepared, pinned, now, wall - age, now - age, None)
        answer = yield issued
        if not isinstance(answer, MolamError):
            return _succeeded(entry, issued, answer)
        made = _made_long_ago(answer)
        if made is None:
            return _ended_badly(entry, issued, answer)
        steps = question.look_at(made)
    else:
        first = min(entry.created_at, datetime.fromtimestamp(wall - age, UTC))
        steps = question.ask(first, entry.last_begun_at, is_sure=is_sure)
    try:
        found = yield from steps
    except MolamError as error:
        return _open(entry, f"it could not be looked up ({error.message})", error)
    return _answered(entry, prepared, found, is_usable=is_usable)


def _is_as_written(entry: Entry, method: str) -> bool:
    return fingerprint(method, entry.target, entry.content) == entry.fingerprint


def _believed(answer: Settled | MolamError) -> Settled:
    if isinstance(answer, MolamError):
        raise answer
    return answer


_MODES = {True: "a live key", False: "a test key", None: "a JWT"}


def _succeeded(entry: Entry, issued: Issued, settled: Settled) -> Verdict:
    end = ended(settled)
    found: Any = None
    error: UnexpectedResponseError | None = None
    try:
        found = issued.read(settled)
    except UnexpectedResponseError as unreadable:
        error = unreadable
    return _recovered(entry, end, found, error), end


def _ended_badly(entry: Entry, issued: Issued, error: MolamError) -> Verdict:
    issued.journal = issued.session.journal  # for whoever resolves the error
    issued.session.unresolved.keep(error, issued)
    end = ended(error)
    return _recovered(entry, end, None, error), end


def _made_long_ago(error: MolamError) -> str | None:
    """Return the id of the object that the key is known to have made, though its answer is no longer kept."""
    if error.code != "idempotency_key_expired":
        return None
    return getattr(getattr(error, "resource", None), "id", None)


def _answered(entry: Entry, prepared: Prepared[Any], found: Found, *, is_usable: bool) -> Verdict:
    if found.carried_out:
        end = Ended(ending="rejected" if found.declined else "succeeded", object_id=found.object_id)
        return _recovered(entry, end, found.object, None), end
    if found.is_endless:
        why = "there are too many events to look through"
    elif found.carried_out is None:
        why = "whether it was carried out cannot be told by reading"
    else:
        why = "nothing shows that it was carried out, and nobody can send it again"
    message = f"{prepared.ask.operation}: {why}: look it up before you call again"
    error = NetworkError(message, idempotency_key=entry.idempotency_key, outcome="unknown")
    end = Ended(ending="in_doubt" if is_usable else "stale", object_id=found.object_id)
    return _recovered(entry, end, found.object, error), end


def _open(entry: Entry, why: str, cause: Exception | None = None) -> Verdict:
    error = StorageError(
        f"{entry.operation}: left as it is, {why}",
        idempotency_key=entry.idempotency_key,
        outcome="unknown",
        cause_type=None if cause is None else type(cause).__name__,
    )
    end = Ended(ending="in_doubt")
    return _recovered(entry, end, None, error), end


def _recovered(entry: Entry, end: Ended, found: Any, error: MolamError | None) -> Recovered:
    return Recovered(
        idempotency_key=entry.idempotency_key,
        operation=entry.operation,
        account=entry.account,
        livemode=entry.livemode,
        region=entry.region,
        created_at=entry.created_at,
        ending=end.ending,
        object_id=end.object_id,
        object=found,
        error=error,
    )
