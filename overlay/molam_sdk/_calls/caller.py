# Written by scripts/sync_half from async_caller.py; edit that file.
"""Makes the calls of the synchronous client: drives the exchange and waits for it."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar, cast, overload

from .._exchange.exchange import exchange
from .._exchange.failure import Known, complete, too_late
from .._exchange.reply import Lost
from .._front_door import front_door
from .._network.wire import Wire
from .._options.settings import check_hooks, check_journal
from ..config import Config
from ..errors import ConfigurationError, MolamError
from .issued import Issued
from .observe import reason_of
from .operation import Endpoint, Prepared, endpoint_of, prepare, read
from .resume import still_usable
from .session import Place, Session
from .waiting import ASYNCHRONOUS, finish_hooks, finish_last_hooks, sleep, taken, turn_of, within

if TYPE_CHECKING:
    from collections.abc import Generator

    from molam_api.models import Account

    from .._exchange.attempt import Attempt, Settled
    from .._exchange.reply import Reply
    from .._network.plugged import PluggedWire
    from .._shared.breaker import CircuitEvent
    from ..journal import Begun, CallJournal

P = ParamSpec("P")
T = TypeVar("T")


class Caller:
    """What a resource needs of a client: to make a call."""

    _sleep = staticmethod(sleep)
    _now = staticmethod(time.monotonic)
    _wall = staticmethod(time.time)
    _random = staticmethod(random.random)

    def __init__(self, place: Place, wire: Wire | PluggedWire, *, is_copy: bool = False) -> None:
        if place.session.journal is not None:
            check_journal(place.session.journal, asynchronous=ASYNCHRONOUS)
        check_hooks(place.session.config.event_hooks, asynchronous=ASYNCHRONOUS)
        self._place = place
        self._is_copy = is_copy
        self._wire = wire

    @property
    def _session(self) -> Session:
        return self._place.session

    def __reduce__(self) -> NoReturn:
        raise TypeError("a MolamClient holds connections and a key; make one where it is used")

    def __copy__(self) -> NoReturn:
        raise TypeError("a MolamClient cannot be copied; use with_options()")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    @property
    def config(self) -> Config:
        """The options in force."""
        return self._session.config

    @overload
    def call(self, endpoint: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    def call(self, endpoint: str, /, *args: Any, **kwargs: Any) -> Any: ...
    @front_door
    def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a generated endpoint with everything the SDK adds to it.

        Args:
            endpoint: A module of `molam_api.api`, or an operationId.
            args: The ids in the path.
            kwargs: The endpoint's other arguments; `idempotency_key` is made if there is none.

        Returns:
            The generated model.

        Raises:
            MolamError: If the call does not succeed; `outcome` says what is known of it.
        """
        issued, settled = self._perform(endpoint, args, kwargs)
        return issued.read(settled)

    def _perform(self, endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Issued, Settled]:
        prepared = prepare(endpoint_of(endpoint) if isinstance(endpoint, str) else endpoint, args, kwargs)
        if prepared.key_was_minted:
            self._session.observer.key_minted(prepared)
        began, made_at = self._now(), self._wall()
        session = self._session
        journal = session.journal
        if journal is not None and prepared.ask.idempotency_key is None:
            journal = None
        issued = Issued(prepared, session, began, made_at, began, journal)
        if session.needs_home_region:
            try:
                self._go_home(session, Known(prepared.ask, session.policy.deadline), began)
            except MolamError as error:
                raise self._ended(issued, error) from None
        return issued, self._settle(issued)

    def _go_home(self, session: Session, known: Known, began: float) -> None:
        """Ask where the account lives, as part of a call that began at that time, unless a copy of this client has."""
        home = session.home
        turn = turn_of(home)
        if not taken(turn, max(0.0, began + known.deadline - self._now())):
            raise too_late(known)
        try:
            if home.region is None:
                account = self._ask_account(session, began)
                home.found(account.home_region)
        except MolamError as error:
            raise complete(error, known, 0) from None
        finally:
            turn.release()
        session.arrive()

    def _ask_account(self, session: Session, began: float) -> Account:
        from molam_api.api.account import retrieve_account

        prepared = prepare(retrieve_account, (), {})
        return read(prepared, self._drive(Issued(prepared, session, began, self._wall(), began, None)))

    def _settle(self, issued: Issued) -> Settled:
        """Drive a call to its end, and keep it, or the journal's entry of it, if that is not known."""
        try:
            settled = self._drive(issued)
        except MolamError as error:
            if issued.old is not None:
                return self._look_up(issued, issued.old)
            raise self._ended(issued, error) from None
        if issued.token is not None:
            self._finish(issued, settled)
        return settled

    def _ended(self, issued: Issued, error: MolamError) -> MolamError:
        """Return what a call raises that ended with an error, by all that is known of its key; keep it if need be."""
        if issued.prepared.ask.idempotency_key is not None:
            from . import journaling

            if journaling.must_ask(issued, error):
                error = self._ask_journal(issued, error)
            if issued.token is not None:
                self._finish(issued, error)
            journaling.known_here(issued, error)
        issued.session.unresolved.keep(error, issued)
        return error

    def _drive(self, issued: Issued) -> Settled:
        prepared, session, began = issued.prepared, issued.session, issued.began
        observer = session.observer
        now = self._now()
        changes: list[CircuitEvent] = []
        steps = exchange(
            prepared.ask,
            session.policy,
            session.route(mutating=prepared.ask.mutating),
            now,
            began=began,
            random=self._random,
            mint=_attempt_id,
            tell=changes.append,
        )
        outcome: Reply | Lost | None = None
        state: dict[str, Any] = {}
        made = 0
        is_over = False
        try:
            attempt = next(steps)
            while True:
                if changes:
                    finish_hooks(observer.changed(changes))
                listening = observer.is_listening
                if listening and outcome is not None:
                    finish_hooks(observer.retrying(prepared, attempt, reason_of(outcome), state))
                if attempt.delay > 0:
                    self._sleep(attempt.delay)
                if attempt.number > 1:
                    still_usable(prepared.ask, attempt.number - 1, issued.age(self._now(), self._wall()))
                if issued.region != attempt.region:
                    left, issued.region = issued.region, attempt.region
                    if issued.journal is not None:
                        self._begin(issued, attempt, left)
                more: dict[str, str] | None = None
                if listening:
                    more = {}
                    region = session.origins[attempt.region].base_url
                    finish_hooks(observer.sending(prepared, attempt, region, more, state))
                made = attempt.number
                sent = self._now()
                outcome = self._send(session, prepared, attempt, more)
                now = self._now()
                if listening:
                    finish_hooks(observer.received(prepared, attempt, outcome, now - sent, state))
                try:
                    attempt = steps.send((outcome, now))
                except StopIteration as stop:
                    settled: Settled = stop.value
                    observer.finished(prepared, settled, now - began)
                    is_over = True
                    if observer.follows_calls:
                        finish_hooks(observer.succeeded(issued, settled, now - began, state))
                    return settled
                except MolamError as error:
                    observer.failed(prepared, error, now - began)
                    raise
        except BaseException as error:
            if observer.follows_calls and not is_over:
                finish_last_hooks(observer.ended(issued, error, made, self._now() - began, state))
            raise
        finally:
            steps.close()
            if changes:
                finish_last_hooks(observer.changed(changes))

    def _look_up(self, issued: Issued, begun: Begun) -> Settled:
        """Find out by reading what became of a call whose key is too old to be sent."""
        from . import journaling
        from .old_key import looked_up

        answer, end = self._decide(looked_up(issued, begun, self._now(), self._wall()))
        journal = cast("CallJournal", issued.journal)
        try:
            with within(journaling.patience(issued, self._now())):
                journal.finish(issued.token or "", end)
        except Exception as error:  # noqa: BLE001 - a journal may raise whatever it likes
            journaling.still_open(issued.prepared.ask.operation, error)
        if isinstance(answer, MolamError):
            issued.session.unresolved.keep(answer, issued)
            raise answer
        return answer

    def _decide(self, steps: Generator[Issued, Settled | MolamError, T]) -> T:
        """Make the calls that somebody asks for, and return the verdict that they come to."""
        from .recovery import broken

        try:
            issued = next(steps)
            while True:
                answer: Settled | MolamError
                try:
                    answer = self._drive(issued)
                except MolamError as error:
                    answer = error
                except Exception as error:  # noqa: BLE001 - a transport may raise whatever it likes
                    answer = broken(error)
                issued = steps.send(answer)
        except StopIteration as stop:
            verdict: T = stop.value
            return verdict

    def _send(
        self, session: Session, prepared: Prepared[Any], attempt: Attempt, more: dict[str, str] | None
    ) -> Reply | Lost:
        try:
            return self._wire.send(session.request(prepared, attempt, more), attempt)
        except ConfigurationError as error:
            return Lost("connect", sent=False, fatal=True, error=error)

    def _begin(self, issued: Issued, attempt: Attempt, left: int) -> None:
        """Write a call down before its first byte goes to a region, and learn what is known of its key."""
        from . import journaling

        journal = cast("CallJournal", issued.journal)
        try:
            with within(attempt.remaining):
                if issued.token is not None:
                    journal.finish(issued.token, journaling.MOVED)
                begun = journal.begin(journaling.entry_of(issued))
        except Exception as error:  # noqa: BLE001 - a journal may raise whatever it likes
            raise journaling.not_begun(issued, error, attempt.number - 1, left) from None
        journaling.begun(issued, begun, self._now(), self._wall())
        journaling.still_in_time(issued, attempt, self._now())

    def _ask_journal(self, issued: Issued, error: MolamError) -> MolamError:
        """Ask the journal about the key of a call that was not sent."""
        from . import journaling

        journal = cast("CallJournal", issued.journal)
        try:
            with within(journaling.patience(issued, self._now())):
                in_doubt = journal.in_doubt(journaling.entry_of(issued))
        except Exception as failure:  # noqa: BLE001 - a journal may raise whatever it likes
            return journaling.not_asked(issued, error, failure)
        if in_doubt:
            journaling.doubted(error)
        return error

    def _finish(self, issued: Issued, end: Settled | MolamError) -> None:
        """Write down how a call ended; where that fails the call ends as it does, and `recover` settles its entry."""
        from . import journaling

        journal = cast("CallJournal", issued.journal)
        try:
            with within(journaling.patience(issued, self._now())):
                written = journal.finish(issued.token or "", journaling.ended(end))
        except Exception as error:  # noqa: BLE001 - a journal may raise whatever it likes
            journaling.not_finished(issued, end, error)
        else:
            if not written:
                journaling.overtaken(end)


class RawCaller(Caller):
    """A caller whose calls return RawResponse in place of the object."""

    @front_door
    def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a generated endpoint and return the answer behind the object."""
        from .raw import RawResponse

        response: RawResponse[Any] = RawResponse(*self._perform(endpoint, args, kwargs))
        return response


def _attempt_id() -> str:
    return os.urandom(12).hex()
