"""One simulated world: a virtual clock, the network between processes and regions, and what is found wrong."""

from __future__ import annotations

from collections.abc import Generator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.keys_in_doubt import KeysInDoubt
from tests.simulation.gateway import Answer, Gateway, Request
from tests.simulation.schedule import GOOD, Fault, Order, Schedule

if TYPE_CHECKING:
    from molam_sdk._exchange.attempt import Attempt

START = 1000.0
LAG = 0.01
READ_TIMEOUT = 10.0
CONNECT_TIMEOUT = 2.0
REGIONS = ("https://eu.example", "https://us.example")

Step = tuple["Attempt", Request, int] | float
Life = Generator[Step, "Reply | Lost | None", None]

_PROBLEM = "application/problem+json"
_TYPES = {
    400: "validation_error",
    401: "authentication_error",
    402: "payment_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    422: "idempotency_error",
    429: "rate_limit_error",
}
_PAGE = b"<html>from a proxy</html>"


class World:
    """Everything that happens in one schedule.

    Attributes:
        now: Monotonic seconds.
        asleep: For how long the machine slept, by the attempt whose answer it waited for.
        attempts: How many were made.
        keys: What a process remembers that serves several tenants.
        met: The faults that they met, in order.
        regions: The gateways.
        wrong: What was found wrong, the kind of failure first.
        story: What happened, line by line; None where nobody will read it.
    """

    __slots__ = (
        "_drawn",
        "_events",
        "_faults",
        "_last",
        "_number",
        "asleep",
        "attempts",
        "keys",
        "met",
        "now",
        "regions",
        "schedule",
        "story",
        "wrong",
    )

    def __init__(self, schedule: Schedule, *, told: bool = False) -> None:
        self.schedule = schedule
        self.now = START
        self._drawn = schedule.seed
        self.regions = [Gateway("eu-"), Gateway("us-")] if schedule.regions == 2 else [Gateway("")]
        self.keys = KeysInDoubt() if schedule.failover else None
        self.wrong: list[str] = []
        self.story: list[str] | None = [] if told else None
        self.asleep: dict[str, float] = {}
        self._faults = [iter(order.faults) for order in schedule.orders]
        self._events: list[tuple[float, int, Life | None, Reply | Lost | tuple[int, Request] | None]] = []
        self._number = 0
        self.attempts = 0
        self.met: list[str] = []
        self._last: Reply = _STRANGE

    def random(self) -> float:
        """Return the next number from 0 to 1 (a linear congruential generator: cheap to start)."""
        self._drawn = (self._drawn * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self._drawn >> 11) / 9007199254740992.0

    def mint(self) -> str:
        """Return an attempt id."""
        self.attempts += 1
        return f"attempt-{self.attempts}"

    def fail(self, what: str) -> None:
        """Note something that must never happen."""
        if what not in self.wrong:
            self.wrong.append(what)

    def tell(self, what: str) -> None:
        """Add a line to the story, if it is told."""
        if self.story is not None:
            self.story.append(f"{self.now - START:9.3f}  {what}")

    def start(self, life: Life, after: float = 0.0) -> None:
        """Let a process begin."""
        self._push(self.now + after, life, None)

    def run(self) -> None:
        """Let time pass until nothing is left to happen."""
        events = self._events
        while events:
            now, _, life, what = heappop(events)
            if now > self.now:
                self.now = now
            if life is None:
                assert isinstance(what, tuple)
                self._arrive_late(*what)
                continue
            assert not isinstance(what, tuple)
            try:
                step = life.send(what)
            except StopIteration:
                continue
            if type(step) is float:
                self._push(self.now + step, life, None)
            else:
                assert isinstance(step, tuple)
                outcome, at = self.transmit(*step)
                self._push(at, life, outcome)

    def pass_until(self, then: float) -> None:
        """Let time pass for one who only waits: what arrives late arrives meanwhile."""
        events = self._events
        while events and events[0][0] <= then:
            now, _, _, what = heappop(events)
            self.now = max(self.now, now)
            assert isinstance(what, tuple)
            self._arrive_late(*what)
        self.now = max(self.now, then)

    def transmit(self, attempt: Attempt, request: Request, region: int) -> tuple[Reply | Lost, float]:
        """Send an attempt to a region; return what its sender will see, and when."""
        fault: Fault = next(self._faults[request.order - 1], GOOD)
        self.met.append(fault.kind)
        outcome, at = self._outcome(attempt, request, region, fault)
        deadline_at = self.now + attempt.remaining
        if at > deadline_at and fault.kind not in _ASLEEP:
            sent = isinstance(outcome, Reply) or outcome.sent
            outcome, at = Lost("headers" if sent else "connect", sent=sent, timed_out=True), deadline_at
        if self.story is not None:
            seen = outcome.status if isinstance(outcome, Reply) else f"lost ({outcome.phase})"
            where = f" to {REGIONS[region]}" if len(self.regions) > 1 else ""
            self.tell(
                f"order {request.order}: {request.attempt}{where} with key {request.key}: {fault}; "
                f"the client sees {seen} at {at - START:.3f}"
            )
        if isinstance(outcome, Reply):
            outcome.disbelief = attempt.disbelief(outcome)
        return outcome, at

    def _outcome(self, attempt: Attempt, request: Request, region: int, fault: Fault) -> tuple[Reply | Lost, float]:
        kind, now, remaining = fault.kind, self.now, attempt.remaining
        soon = now + LAG
        gives_up = now + min(READ_TIMEOUT, remaining)
        gateway = self.regions[region]
        if kind == "ok":
            return self._in_time(request, gateway.receive(request, now), gives_up)
        if kind in _NEVER_SENT:
            if kind == "unreachable":
                return Lost("connect", sent=False, timed_out=True), now + min(attempt.connect_timeout, remaining)
            if kind == "crowded":
                return Lost("connect", sent=False, timed_out=True, local=True), now + remaining
            return Lost("dns" if kind == "unresolved" else "connect", sent=False), soon
        if kind in _NEVER_ARRIVES:
            return self._from_between(request, fault, soon, gives_up)
        if kind in ("late", "twice"):
            at = now + fault.seconds
            if kind == "late":
                self._push(at, None, (region, request))
                return (
                    (Lost("headers", sent=True, timed_out=True), gives_up)
                    if at + 1 > gives_up
                    else (Lost("headers", sent=True), at + 1)
                )
            answer = gateway.receive(request, now)
            self._push(at, None, (region, request))
            return self._in_time(request, answer, gives_up)
        if kind in _BEFORE_THE_KEY:
            return self._refusal(request, fault, gateway, soon)
        if kind.startswith("crashes"):
            gateway.receive(request, now, kind[8:] or "before", fault.seconds)
            return Lost("headers", sent=True), now + 0.03
        if kind == "fails after":
            gateway.receive(request, now, "after")
            return self.reply(request, fault.status, "internal_error"), now + 0.06
        answer = gateway.receive(request, now)
        if kind == "slow":
            return self._in_time(request, answer._replace(at=answer.at + fault.seconds), gives_up)
        if kind == "silent":
            return Lost("headers", sent=True, timed_out=True), gives_up
        done = answer.at + LAG
        if kind in _ASLEEP:
            self.asleep[request.attempt] = fault.seconds
            if kind == "asleep":
                return self._in_time(request, answer, gives_up, fault.seconds)
            return Lost("headers", sent=True), min(done, gives_up) + fault.seconds
        if kind == "unanswered":
            return Lost("headers", sent=True), done
        if kind == "torn":
            return Lost("body", sent=True), done
        if kind == "proxy after":
            return Reply(fault.status, {"content-type": "text/html"}, _PAGE), done
        if kind == "crossed after":
            return self._of_another(), done
        assert kind == "garbled"
        if answer.status == 201:
            return Reply(201, {"molam-attempt-id": request.attempt}, b'{"id": '), done
        return self._in_time(request, answer, gives_up)

    def _from_between(self, request: Request, fault: Fault, soon: float, gives_up: float) -> tuple[Reply | Lost, float]:
        kind = fault.kind
        if kind == "lost":
            return Lost("headers", sent=True, timed_out=True), gives_up
        if kind == "reset":
            return Lost("headers", sent=True), soon
        if kind == "strange":
            return Reply(201, {}, _STRANGE.body), soon
        if kind == "crossed":
            return self._of_another(), soon
        if kind == "redirected":
            return Reply(fault.status, {"location": "https://elsewhere.example"}, b""), soon
        return Reply(fault.status, {"content-type": "text/html"}, _PAGE), soon

    def _refusal(self, request: Request, fault: Fault, gateway: Gateway, soon: float) -> tuple[Reply | Lost, float]:
        kind = fault.kind
        gateway.seen.add(request.attempt)
        if kind == "throttled":
            return self.reply(request, 429, "rate_limited", fault.seconds), soon
        if kind == "busy":
            return self.reply(request, 409, "payment_in_flight"), soon
        if kind == "denied":
            return self.reply(request, fault.status, "scope_missing"), soon
        reply = self.reply(request, fault.status, "internal_error", fault.seconds or None)
        if kind == "stops":
            reply.headers["molam-should-retry"] = "false"  # type: ignore[index]
        return reply, soon

    def _in_time(
        self, request: Request, answer: Answer, gives_up: float, asleep: float = 0.0
    ) -> tuple[Reply | Lost, float]:
        at = answer.at + LAG
        if at > gives_up:
            return Lost("headers", sent=True, timed_out=True), gives_up + asleep
        reply = self.reply(request, answer.status, answer.code, answer.retry_after)
        self._last = reply
        return reply, at + asleep

    def reply(self, request: Request, status: int, code: str, retry_after: float | None = None) -> Reply:
        """Write an answer of the gateway."""
        if status == 201:
            return Reply(201, {"molam-attempt-id": request.attempt}, f'{{"id":"{code}"}}'.encode())
        headers = {"content-type": _PROBLEM, "molam-attempt-id": request.attempt}
        if retry_after is not None:
            headers["retry-after"] = f"{retry_after:g}"
        return Reply(status, headers, _body(status, code))

    def _of_another(self) -> Reply:
        last = self._last
        return Reply(last.status, last.headers, last.body)

    def _arrive_late(self, region: int, request: Request) -> None:
        answer = self.regions[region].receive(request, self.now)
        if self.story is not None:
            self.tell(f"order {request.order}: {request.attempt} arrives once more or late: {answer.status}")

    def _push(self, at: float, life: Life | None, what: Reply | Lost | tuple[int, Request] | None) -> None:
        self._number += 1
        heappush(self._events, (at, self._number, life, what))


_NEVER_SENT = frozenset({"refused", "unresolved", "unreachable", "crowded"})
_ASLEEP = frozenset({"asleep", "wakes"})
_NEVER_ARRIVES = frozenset({"lost", "reset", "crossed", "strange", "redirected", "proxy"})
_BEFORE_THE_KEY = frozenset({"throttled", "busy", "denied", "fails", "stops"})
_STRANGE = Reply(201, {"molam-attempt-id": "of-somebody-else"}, b'{"id":"pi_of_somebody_else"}')
_bodies: dict[tuple[int, str], bytes] = {}


def _body(status: int, code: str) -> bytes:
    found = _bodies.get((status, code))
    if found is None:
        kind = _TYPES.get(status, "api_error")
        found = _bodies[status, code] = f'{{"error_type":"{kind}","code":"{code}","status":{status}}}'.encode()
    return found


__all__ = ["Life", "Order", "World"]
