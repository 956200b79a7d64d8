"""What happens in one simulated world, as data: it can be printed, shortened and played again."""

from __future__ import annotations

from typing import NamedTuple

OK = "ok"


class Fault(NamedTuple):
    """What the network and the gateway do to one attempt.

    Attributes:
        kind: One of FAULTS.
        seconds: How long, late or slow, where the kind has such a number.
        status: HTTP status, where the kind has one.
    """

    kind: str
    seconds: float = 0.0
    status: int = 0

    def __str__(self) -> str:
        number = f" {self.seconds:g} s" if self.seconds else ""
        return f"{self.kind}{f' {self.status}' if self.status else ''}{number}"


FAULTS = {
    OK: "it arrives and is answered",
    "refused": "the connection is refused",
    "unresolved": "the name cannot be resolved",
    "unreachable": "connecting times out",
    "crowded": "no connection of the pool becomes free",
    "lost": "sent, but it never arrives; nobody says so",
    "reset": "sent, but it never arrives; the connection is reset",
    "late": "sent, and arrives so much later",
    "unanswered": "done, and the connection is reset before the answer",
    "silent": "done, and the answer never comes",
    "torn": "done, and the connection breaks in the body of the answer",
    "slow": "done at once, and answered so much later",
    "twice": "done, and a copy of it arrives so much later",
    "fails": "answered with a 5xx, nothing done",
    "fails after": "done, and answered with a 5xx",
    "stops": "answered with a 5xx that forbids to repeat it, nothing done",
    "crashes": "the gateway crashes before anything is done and knows the key for so long as at work",
    "crashes after": "the gateway crashes when the money has moved, and knows the key for so long as at work",
    "proxy": "a proxy answers with a page and this status, nothing done",
    "proxy after": "done, and a proxy answers with a page and this status",
    "throttled": "429 with Retry-After",
    "busy": "409 payment_in_flight, nothing done",
    "denied": "401 or 403, nothing done",
    "redirected": "a proxy redirects it",
    "crossed": "it never arrives, and the answer to another request is handed over",
    "crossed after": "done, and the answer to another request is handed over",
    "strange": "it never arrives, and a 2xx about another object is handed over that names no attempt",
    "garbled": "done, and answered with a complete 2xx that is no JSON",
    "asleep": "done, and the machine sleeps so long before it sees the answer",
    "wakes": "done, and the machine sleeps so long that the connection is gone when it wakes",
}

CRASHES = ("before", "begun", "flying", "answered", "finished")


class Order:
    """One thing that a merchant wants to be paid for, once.

    Attributes:
        faults: What happens to its attempts, one after the other; later ones go well.
        verdict: What the payment provider says: paid, declined, conflict, missing or invalid.
        after: What it says to another try with a new key.
        user: `repeats` the call with the same key when the outcome is unknown, or `resolves` the error; both remember
            what was in doubt. One who `trusts` repeats too, at once, but believes what the last error says: after
            `not_sent` and `rejected` the next call has a new key.
        insists: Whether a refused order is tried once more with a new key.
        minted: Whether the keys are made by the SDK; else by the number of the order.
        journal: Whether its calls are written down.
        writing: Seconds that the journal takes to begin an entry.
        twin: Whether another process does the same at the same time, with the same key.
        twin_after: Seconds by which the other one is later.
        crash: Where its process dies the first time, one of CRASHES, or "".
        back_after: Seconds until the process is back.
        nap: Seconds that the user waits before dealing with an unknown outcome for the first time.
        starts: Seconds until it begins.
        confirms: Whether the call confirms an intent that is there already, so that the answer must be about it.
        skew: Seconds by which the clock on the wall is wrong until the process dies; only clients look at it.
        tenant: The account for which a platform places it, or "". Tenants have the same keys and share a process.
    """

    __slots__ = (
        "after",
        "back_after",
        "confirms",
        "crash",
        "faults",
        "insists",
        "journal",
        "minted",
        "nap",
        "skew",
        "starts",
        "tenant",
        "twin",
        "twin_after",
        "user",
        "verdict",
        "writing",
    )

    def __init__(self) -> None:
        self.faults: tuple[Fault, ...] = ()
        self.verdict = "paid"
        self.after = "paid"
        self.user = "repeats"
        self.insists = False
        self.minted = False
        self.journal = False
        self.twin = False
        self.twin_after = 0.0
        self.writing = 0.0
        self.crash = ""
        self.back_after = 5.0
        self.nap = 0.0
        self.starts = 0.0
        self.confirms = False
        self.skew = 0.0
        self.tenant = ""

    def copy(self, **changes: object) -> Order:
        other = Order()
        for name in self.__slots__:
            setattr(other, name, changes.get(name, getattr(self, name)))
        return other

    def __str__(self) -> str:
        words = [f"provider says {self.verdict}"]
        if self.insists:
            words.append(f"then {self.after}; the user insists")
        words.append(f"the user {self.user}")
        words += [name for name in ("minted", "journal", "twin") if getattr(self, name)]
        if self.twin_after:
            words.append(f"{self.twin_after:g} s later")
        if self.writing:
            words.append(f"writing takes {self.writing:g} s")
        if self.tenant:
            words.append(f"for {self.tenant}")
        if self.confirms:
            words.append("confirms")
        if self.skew:
            words.append(f"its clock being wrong by {self.skew:g} s")
        if self.nap:
            words.append(f"and waits {self.nap:g} s first")
        if self.crash:
            words.append(f"dies: {self.crash}, back after {self.back_after:g} s")
        if self.starts:
            words.append(f"starts at {self.starts:g} s")
        return f"{', '.join(words)}; attempts: {', '.join(map(str, self.faults)) or 'all go well'}"


class Schedule:
    """One world: orders, and the rules that all calls have.

    Attributes:
        seed: Where it came from, also of the jitter in it.
        orders: What is to be paid.
        deadline: Of each call, seconds.
        retries: `max_retries`.
        budget: `retry_budget`.
        worn: Failures that the circuit breakers have seen already.
        regions: 1 or 2.
        failover: `write_failover`.
        echo: `require_attempt_id`.
        stops: Whether the monotonic clock stands still while the machine sleeps.
    """

    __slots__ = ("budget", "deadline", "echo", "failover", "orders", "regions", "retries", "seed", "stops", "worn")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.orders: tuple[Order, ...] = ()
        self.deadline = 60.0
        self.retries = 3
        self.budget = 500
        self.worn = 0
        self.regions = 1
        self.failover = False
        self.echo = True
        self.stops = False

    def copy(self, **changes: object) -> Schedule:
        other = Schedule(self.seed)
        for name in self.__slots__:
            setattr(other, name, changes.get(name, getattr(self, name)))
        return other

    def __str__(self) -> str:
        usual = Schedule(0)
        names = ("deadline", "retries", "budget", "worn", "regions", "failover", "echo", "stops")
        rules = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name) != getattr(usual, name)]
        lines = [f"seed {self.seed}{': ' if rules else ''}{', '.join(rules)}"]
        lines += [f"  order {number}: {order}" for number, order in enumerate(self.orders, 1)]
        return "\n".join(lines)


GOOD = Fault(OK)
