"""Plays a story: starts its processes, lets customers work while they die, and lets everything settle."""

import contextlib
import math
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.chaos.children import API_KEY, Child, Gateway, Simulators
from tests.chaos.customers import Customers
from tests.chaos.databases import Database
from tests.chaos.errands import Errand
from tests.chaos.evidence import evidence, open_attempts
from tests.chaos.oracle import Verdict, verdict
from tests.chaos.redis_server import RedisServer
from tests.chaos.story import UNASKED, UNSENT, Deed, Story, every_point
from tests.chaos.variables import DEFECT
from tests.gateway_fixtures import Receiver

_DAY = 86_400
_HOPS = (30, 30, 60, 60, 120, 300, 600, 900, 1800, 3600, 7200, *[6 * 3600] * 4, *[_DAY] * 3)
"""Seconds by which the clocks are put forward until nothing is open any more, four days in all."""

_LONGEST, _LONGEST_WITH_DEFECT = 900.0, 120.0
_QUIET = (200, 200)
"""Seconds of real time that this may take; and the same at the very end, for webhooks that are repeated."""

_TRIES = 40
_PATIENT = 60
_TICK = 0.02
_SEVERAL = 3


@dataclass
class Ended:
    """What a story has come to: what happened, and what is wrong with what is left; `seconds` until all agreed.

    `reached` counts how often gateways came to each failpoint, `deaths` what they died of, and outages.
    """

    story: Story
    calls: int = 0
    deaths: Counter[str] = field(default_factory=Counter[str])
    reached: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    found: Verdict = field(default_factory=Verdict)
    troubles: list[str] = field(default_factory=list[str])

    @property
    def defects(self) -> Sequence[str]:
        """What kept it from its end, and what is wrong there."""
        return [*self.troubles, *self.found.defects]

    def __str__(self) -> str:
        return "\n  ".join([str(self.story), f"happened: {dict(self.deaths)}", *self.defects])


class Play:
    """One story on one database; logs of its processes are in `directory`, CPay's book begins as `tables`."""

    def __init__(
        self, told: Story, database: Database, tables: Path, directory: Path, defect: str | None = None
    ) -> None:
        self._told = told
        self._database = database
        self._simulators = Simulators(directory, tables)
        self._redis = RedisServer(directory)
        variables = {} if defect is None else {DEFECT: defect}
        if told.kind == "postgresql":
            variables |= self._redis.variables
        workers, count = (2, 1) if told.together else (1, database.processes)
        self._gateways = [
            Gateway(number, database, workers, self._simulators.url, directory, variables) for number in range(count)
        ]
        self._armed: str | None = None
        self._passing: dict[str, int] = {}
        self._deeds = list(told.deeds)
        self._answered = 0
        self._over = threading.Event()
        self._longest = _LONGEST if defect is None else _LONGEST_WITH_DEFECT
        self._give_up_at = math.inf
        self.ended = Ended(told)
        self._customers = Customers([each.url for each in self._gateways], told.seed, self._count)

    def run(self) -> Ended:
        """Play it to its end and judge what is left."""
        with Receiver() as receiver, contextlib.ExitStack() as stack:
            stack.callback(self._end)
            self._simulators.hears(self._gateways[0].url)
            self._redis.start()
            self._start(self._simulators, *self._gateways)
            self._furnish(receiver)
            self._arm()
            self._work()
            began = time.monotonic()
            receiver.answer_with(200)
            self._settle()
            self.ended.seconds = time.monotonic() - began
            self.ended.calls = len(self._customers.told)
            self.ended.found = self._judged(receiver)
        for each in self._gateways:
            self.ended.reached += each.reached()
        return self.ended

    def _judged(self, receiver: Receiver) -> Verdict:
        own = self._customers.get("/v1/sandbox/ledger")["data"]
        return verdict(
            evidence(self._database, self._customers),
            [*self._simulators.movements(), *own],
            list(self._customers.told.values()),
            receiver.deliveries,
        )

    @staticmethod
    def _start(*children: Child) -> None:
        """Start them at the same time."""
        with ThreadPoolExecutor(len(children)) as pool:
            for each in [pool.submit(child.start) for child in children]:
                each.result()

    def _furnish(self, receiver: Receiver) -> None:
        """Configure providers and webhooks, and put money into the balance, while everything is well."""
        with self._api(0) as api:
            for provider, facts in self._simulators.said["simulators"].items():
                body = {"environment": "simulator", "settings": facts["settings"]}
                _made(api, f"/api/v1/providers/{provider}/config", body, f"configure-{provider}")
            _made(api, "/v1/webhook_endpoints", {"url": receiver.url, "enabled_events": ["*"]}, "endpoint")
        self._customers.run(self._told.funding, _PATIENT)
        receiver.answer_with(*self._told.receptions, 200)

    def _arm(self) -> None:
        for provider, fault in self._told.damage:
            self._simulators.control(provider, "faults", fault)
        self._simulators.control("stripe", "webhooks", {"copies": self._told.copies, "spread": 0.5})
        self._simulators.control("paystack", "webhooks", {"copies": self._told.copies, "last_first": True})

    def _work(self) -> None:
        """Let customers run their errands while somebody dies and comes back; in rounds, one for each point."""
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        for number, errands in enumerate(self._told.rounds):
            if self._told.points:
                self._prepare(*self._told.points[number])
            self._run(errands)
        self._over.set()
        watch.join()

    def _prepare(self, point: str, times: int) -> None:
        """Let the first gateway die when it comes to a point."""
        first = self._gateways[0]
        with first.alone:
            self._note_death(first)
            first.kill()
            self._armed = point
            first.start(MOLAM_FAILPOINT=f"{point}:{times}")

    def _run(self, errands: Sequence[Errand]) -> None:
        """One round: the errands, then what their points need: no provider for a while, or time that passes."""
        absent = threading.Thread(target=self._outage, args=(1.0,)) if self._armed in UNSENT else None
        if absent is not None:
            self._simulators.kill()
            absent.start()
        tries = 1 if self._armed == "after_giving_up" else _TRIES
        with ThreadPoolExecutor(self._told.clients) as pool:
            for each in [pool.submit(self._customers.run, errand, tries) for errand in errands]:
                each.result()
        if absent is not None:
            absent.join()
        for seconds in (40, 130, *([_DAY] if self._armed in UNASKED else [400])) if self._armed else ():
            self._pass(seconds)

    def _pass(self, seconds: int) -> None:
        key = f"pass-{len(self._passing)}"
        self._passing[key] = seconds
        self._simulators.advance(seconds)
        self._advance(key, seconds, _TRIES)

    def _watch(self) -> None:
        """Bring back whoever died, and do what the story says when it is time; what goes wrong here is a trouble."""
        try:
            while not self._over.wait(_TICK):
                self._watch_once()
        except Exception as error:  # noqa: BLE001 - whatever it is, the story must tell
            self.ended.troubles.append(f"nobody watches any more: {error!r}")

    def _watch_once(self) -> None:
        while self._deeds and self._answered >= self._deeds[0].after:
            self._do(self._deeds.pop(0))
        for each in self._gateways:
            with each.alone:
                if each.dead:
                    self._bring_back(each)

    def _do(self, deed: Deed) -> None:
        what: str | None = deed.kind
        match deed.kind:
            case "kill":
                chosen = self._gateways[int(deed.choice * len(self._gateways))]
                with chosen.alone:
                    if chosen.dead:
                        self._bring_back(chosen)
                    what = chosen.kill_one(deed.choice * len(self._gateways) % 1)
            case "outage":
                self._outage(deed.choice)
            case "disconnect":
                self._database.disconnect()
            case "redis lost":
                self._redis.kill()
                self._over.wait(deed.choice)
                self._redis.start()
            case "redis emptied":
                self._redis.flush()
            case _:
                what = self._database.restart()
        self.ended.deaths[what or "nobody there to be killed"] += 1

    def _outage(self, seconds: float) -> None:
        with self._simulators.alone:
            self._simulators.kill()
            self._over.wait(seconds)
            self._simulators.start()

    def _bring_back(self, gateway: Gateway) -> None:
        self._note_death(gateway)
        gateway.forget()
        gateway.start()

    def _note_death(self, gateway: Gateway) -> None:
        if gateway is self._gateways[0] and self._armed is not None:
            self.ended.deaths[self._armed] += gateway.status == -signal.SIGKILL

    def _settle(self) -> None:
        """Let whoever is left die, their leases end, and new gateways go on until nothing is open."""
        self._note_death(self._gateways[0])
        self._simulators.calm()
        self._simulators.control("stripe", "webhooks", {"copies": 1, "spread": 0.0})
        self._revive()
        self._give_up_at = time.monotonic() + self._longest
        self.ended.troubles += [f"{key} gets no answer" for key in self._customers.repeat(_PATIENT)]
        for key, seconds in self._passing.items():
            self._advance(key, seconds, _PATIENT)
        for number, seconds in enumerate(_HOPS):
            self._simulators.advance(seconds)
            if not self._advance(f"settle-{number}", seconds, _PATIENT):
                self.ended.troubles.append(f"the clock cannot be put forward by {seconds} s, or that takes too long")
                self._revive()  # to be judged as it is: time stands still then
                return
            if number >= 6 and not open_attempts(self._database):
                break
        self.ended.troubles += [f"{key} gets no answer" for key in self._customers.repeat(_PATIENT)]
        for number, seconds in enumerate(_QUIET):
            self._simulators.advance(seconds)
            self._advance(f"settle-last-{number}", seconds, _PATIENT)

    def _revive(self) -> None:
        for each in self._gateways:
            each.kill()
        self._database.end_leases()
        self._start(*self._gateways)

    def _advance(self, key: str, seconds: int, tries: int) -> bool:
        """Put the gateways' clock forward, with all that is due on the way."""
        with self._api(0) as api:
            for number in range(tries):
                if time.monotonic() > self._give_up_at:
                    return False
                if number:
                    time.sleep(0.1)
                with contextlib.suppress(httpx.TransportError):
                    answer = api.post(
                        "/v1/sandbox/clock/advance", json={"seconds": seconds}, headers={"Idempotency-Key": key}
                    )
                    if answer.is_success:
                        return True
        return False

    def _api(self, number: int) -> httpx.Client:
        return httpx.Client(
            base_url=self._gateways[number].url, headers={"Authorization": f"Bearer {API_KEY}"}, timeout=40
        )

    def _count(self) -> None:
        self._answered += 1

    def _end(self) -> None:
        self._over.set()
        for each in (*self._gateways, self._simulators):
            each.kill()
        self._redis.kill()


def _made(api: httpx.Client, path: str, body: object, key: str) -> None:
    answer = api.post(path, json=body, headers={"Idempotency-Key": key})
    assert answer.is_success, answer.text


def total(ended: Sequence[Ended]) -> str:
    """What many stories came to, in a few lines."""
    deaths: Counter[str] = sum((each.deaths for each in ended), Counter[str]())
    reached: Counter[str] = sum((each.reached for each in ended), Counter[str]())
    slowest = max((each.seconds for each in ended), default=0.0)
    mean = sum(each.seconds for each in ended) / max(1, len(ended))
    found = [each.found for each in ended]
    return (
        f"{len(ended)} stories, {sum(each.calls for each in ended)} calls, {deaths.total()} deaths and outages, "
        f"{sum(each.duplicates for each in found)} duplicates, {sum(each.losses for each in found)} losses, "
        f"{sum(each.parked for each in found)} left to operators, {sum(bool(each.defects) for each in ended)} with a "
        f"defect; all agreed after {mean:.1f} s in the mean, {slowest:.1f} s at most\n"
        f"  deaths and outages: {_listed(deaths)}\n"
        f"  failpoints reached: {_listed(reached)}"
    )


def never_hit(kind: str, ended: Sequence[Ended]) -> Sequence[str]:
    """The failpoints that nobody came to although stories were to die there, or died at in none of several stories."""
    deaths: Counter[str] = sum((each.deaths for each in ended), Counter[str]())
    reached: Counter[str] = sum((each.reached for each in ended), Counter[str]())
    armed = Counter(point for each in ended for point, _ in each.story.points)
    return [
        f"{point}: {reached[point]} times reached, no death in {armed[point]} stories"
        for point in every_point(kind)
        if armed[point] and (not reached[point] or (armed[point] >= _SEVERAL and not deaths[point]))
    ]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))
