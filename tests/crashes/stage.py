"""Plays seeded stories of processes that die, and of those that go on in their place."""

import itertools
import os
import random
import signal
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tests.crashes.databases import Merchants
from tests.crashes.gateway import Gateway
from tests.crashes.nursery import STOPPED, Nursery
from tests.crashes.points import LENSES, Lens

_DEATHS = (-signal.SIGKILL, -signal.SIGALRM)
_SHARES: Mapping[Lens, int] = {"line": 40, "sql": 30, "wire": 25, "time": 5}
_SHARES_OF_STOPS: Mapping[Lens, int] = {"line": 30, "sql": 70, "wire": 30, "time": 0}
"""Between two transactions is where somebody else can take over."""
_STOPS = 4
_OFFLINE = 0.25
_REFUSALS = {"StorageError", "OperationalError"}
"""What a lock that is not given leads to, in the SDK and in the merchant's own statements."""
_MICROSECONDS = 60_000


@dataclass(frozen=True)
class Story:
    """What a seed stands for.

    Attributes:
        lens: What is counted until a life ends.
        lives: Of each life that ends, how far it gets: a share of what a whole life counts.
        deed: kill; or stop, past the end of its leases, while another life does the work, and go on then.
        crowded: Whether another process works all the time.
        variant: What else a stage tells apart.
        fault: What happens to the first payment on its way.
        network: there; gone for the process that stops; or gone after each death, for one life.
    """

    seed: int
    lens: Lens
    lives: tuple[float, ...]
    deed: str
    crowded: bool
    asynchronous: bool
    variant: str
    fault: str | None
    network: str = "there"

    def __str__(self) -> str:
        among = "crowded" if self.crowded else "alone"
        kind = "async" if self.asynchronous else "sync"
        return (
            f"seed {self.seed}: {self.deed} by {self.lens}, {among}, {kind}, {self.variant}, "
            f"{self.fault or 'no fault'}, network {self.network}"
        )


@dataclass
class Ended:
    """How a story ended: where its lives did, and what is wrong; `facts` are for the judge."""

    story: Story
    points: list[str] = field(default_factory=list[str])
    defects: list[str] = field(default_factory=list[str])
    facts: Mapping[Any, Any] = field(default_factory=dict[Any, Any])

    def __str__(self) -> str:
        return "\n  ".join([str(self.story), *(f"died {point}" for point in self.points), *self.defects])


class Stage(ABC):
    """Plays stories of one program, one after the other, in one database and with one gateway."""

    program: ClassVar[str]
    lenses: ClassVar[Sequence[Lens]] = LENSES
    variants: ClassVar[Sequence[str]]
    faults: ClassVar[Sequence[str]] = ()
    shared: ClassVar[Sequence[str]]
    """The variants in which two processes may work at the same time."""

    def __init__(self, nursery: Nursery, gateway: Gateway, database: Merchants, directory: Path) -> None:
        self.gateway = gateway
        self.database = database
        self._nursery = nursery
        self._notes = directory / f"{type(self).__name__}-{database.kind}.txt"
        self._lengths: dict[tuple[object, ...], int] = {}

    @abstractmethod
    def prepare(self, told: Story) -> Mapping[str, Any]:
        """Make work for a story; what the program must know of it."""

    @abstractmethod
    def look(self, ended: Ended) -> None:
        """Note what is wrong with what a story has left."""

    def judge(self, played: Sequence[Ended]) -> list[str]:
        """The stories that ended badly."""
        again = f"python -m tests.crashes.run {type(self).__name__.lower()} --database {self.database.kind} --seed"
        return [f"{ended}\n  again: {again} {ended.story.seed}" for ended in played if ended.defects]

    def story(self, seed: int, *, planted: bool = False) -> Story:
        """The story of a seed; planted defects are those of synchronous programs."""
        chance = random.Random(seed)
        deed = "stop" if seed % _STOPS == 0 else "kill"
        shares = _SHARES if deed == "kill" else _SHARES_OF_STOPS
        lens = chance.choices(self.lenses, [shares[each] for each in self.lenses])[0]
        crowded = deed == "kill" and chance.random() < 0.2
        variant = chance.choice(self.shared if crowded or deed == "stop" else self.variants)
        fault = chance.choice(self.faults) if self.faults and chance.random() < 0.2 else None
        offline = bool(self.faults) and variant in self.shared and chance.random() < _OFFLINE
        return Story(
            seed=seed,
            lens=lens,
            lives=tuple(chance.random() for _ in range(1 if deed == "stop" else chance.choice((1, 1, 1, 2, 3)))),
            deed=deed,
            crowded=crowded,
            asynchronous=not planted and chance.random() < 0.4,
            variant=variant,
            fault=fault,
            network=("gone" if deed == "stop" else "gone after") if offline else "there",
        )

    def planted(self, count: int, traits: Mapping[str, str]) -> list[Story]:
        """The first stories with these traits, for programs with a planted defect."""
        told = (self.story(seed, planted=True) for seed in itertools.count())
        fitting = (each for each in told if all(getattr(each, name) == value for name, value in traits.items()))
        return list(itertools.islice(fitting, count))

    def play(self, told: Story, planted: str | None = None) -> Ended:
        """Let a program die as the story says, and start it again until its work is done."""
        length = self._length(told)
        ended = Ended(told)
        work = self._begin(told)
        if told.fault is not None:
            self.gateway.lose_the_next_answer(told.fault)
        for share in told.lives:
            other = self._start(told, work, 0, planted) if told.crowded else None
            pid = self._start(told, work, 1 + int(share * length), planted, offline=told.network == "gone")
            status = self._nursery.wait(pid)
            if other is not None:
                self._expect(ended, self._nursery.wait(other), "the other")
            if status == STOPPED:
                self._replace(told, work, planted, pid, ended)
            else:
                self._expect(ended, status, "a life", *_DEATHS)
            self.database.end_leases()
            if told.network == "gone after":
                self._expect(ended, self._live(told, work, 0, planted, offline=True), "the one without a network")
                self.database.end_leases()
        ended.points += self.notes("died")
        self._expect(ended, self._live(told, work, 0, planted), "the last life")
        self.look(ended)
        return ended

    def notes(self, kind: str) -> list[str]:
        """What the lives of this story have noted of a kind."""
        return [line.removeprefix(f"{kind} ") for line in self.all_notes() if line.startswith(f"{kind} ")]

    def all_notes(self) -> list[str]:
        """What the lives of this story have noted, in the order of time."""
        return self._notes.read_text().splitlines()

    def _replace(self, told: Story, work: Mapping[str, Any], planted: str | None, pid: int, ended: Ended) -> None:
        """Let another process take over from one that does not move, which goes on after that."""
        if self.database.end_leases():
            self._expect(ended, self._live(told, work, 0, planted), "the one that took over", *self._refused())
        os.kill(pid, signal.SIGCONT)
        self._expect(ended, self._nursery.wait(pid), "the one that was stopped", *self._refused())

    def _refused(self) -> tuple[int, ...]:
        """Who does not move may have a lock that the others wait for, which they do not do for ever."""
        return (1,) if set(self.notes("raised")) <= _REFUSALS else ()

    def _expect(self, ended: Ended, status: int | str, whose: str, *others: int) -> None:
        if status not in (0, *others):
            raised = f" ({', '.join(self.notes('raised'))})" if status == 1 else ""
            ended.defects.append(f"{whose} ended with {status}{raised}")

    def _begin(self, told: Story) -> Mapping[str, Any]:
        self._notes.write_text("")
        self.database.empty()
        return self.prepare(told)

    def _live(
        self, told: Story, work: Mapping[str, Any], number: int, planted: str | None, *, offline: bool = False
    ) -> int | str:
        return self._nursery.wait(self._start(told, work, number, planted, offline=offline))

    def _start(
        self, told: Story, work: Mapping[str, Any], number: int, planted: str | None, *, offline: bool = False
    ) -> int:
        return self._nursery.start(
            {
                "program": self.program,
                "database": self.database.url,
                "url": self.gateway.url,
                "api_key": self.gateway.api_key,
                "lens": told.lens,
                "number": number,
                "deed": told.deed,
                "notes": str(self._notes),
                "asynchronous": told.asynchronous,
                "variant": told.variant,
                "planted": planted,
                "offline": offline,
                **work,
            }
        )

    def _length(self, told: Story) -> int:
        """How many points a whole life has, or how many microseconds it takes."""
        kind = (told.lens, told.asynchronous, told.variant, told.network == "gone")
        if kind not in self._lengths:
            offline = told.network == "gone"
            assert self._live(told, self._begin(told), 0, None, offline=offline) == 0, "a life without death failed"
            self._lengths[kind] = int(self.notes("passed")[-1]) or _MICROSECONDS
        return self._lengths[kind]
