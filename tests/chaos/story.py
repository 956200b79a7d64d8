"""What a seed stands for: who works, what they do, and everything that goes wrong meanwhile."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from molam_gateway import failpoints
from tests.chaos.errands import Errand, Errands

ELSEWHERE = frozenset({"before_trigger_step", "after_trigger_step"})
"""What only the sandbox's own provider leads to; tests/unit/gateway/test_kills.py dies there."""

SEALING = frozenset({"before_sealing", "after_sealing"})
"""What there is on PostgreSQL only."""

UNSENT = frozenset({"before_sending_again", "after_sending_again", "after_giving_up"})
"""What is reached only if a provider could not be."""

UNASKED = frozenset({"before_unasked", "after_unasked"})
"""What is reached only a day later."""

_DAMAGES = ("drop_answer", "truncate", "error_after", "error_before", "reset", "delay")
_PATHS: Mapping[str, Sequence[str]] = {
    "stripe": ("/v1/payment_intents", "/v1/refunds", "/capture"),
    "mpesa": ("/mpesa/stkpush/v1/processrequest", "/mpesa/stkpushquery", "/oauth"),
    "paystack": ("/transfer", "/transaction/charge_authorization", "/verify"),
}


@dataclass(frozen=True)
class Deed:
    """Something that goes wrong once so many calls have been answered; `choice` says to whom, from 0 to 1."""

    after: int
    kind: str
    choice: float


@dataclass(frozen=True)
class Story:
    """`points` are where gateways die, one after the other; `deeds` what happens to them without their doing.

    `together` runs the gateways as workers on one port. `damage` are the faults of providers' answers, `receptions` the
    statuses that the receiver of webhooks answers first.
    """

    seed: int
    kind: str
    errands: Sequence[Errand]
    clients: int
    together: bool
    points: Sequence[tuple[str, int]]
    deeds: Sequence[Deed]
    damage: Sequence[tuple[str, Mapping[str, Any]]]
    copies: int
    receptions: Sequence[int]

    def __str__(self) -> str:
        points = ", ".join(f"{point}:{times}" for point, times in self.points) or "no point"
        deeds = ", ".join(f"{each.kind} after {each.after}" for each in self.deeds) or "no deed"
        how = "workers" if self.together else "processes"
        return f"seed {self.seed} on {self.kind}, {how}: {points}; {deeds}; {len(self.damage)} faults of providers"


def story(seed: int, kind: str, *, points: Sequence[str] | None = None) -> Story:
    """The story of a seed on a kind of database, dying at given points instead of its own."""
    chance = random.Random(seed)
    makes = Errands(chance)
    by_points = points is not None or seed % 2 == 0
    count = chance.randint(18, 24) if by_points else chance.randint(24, 36)
    errands = [makes.funding(), *makes.some(count)]
    together = kind == "postgresql" and not by_points and chance.random() < 0.4
    return Story(
        seed=seed,
        kind=kind,
        errands=errands,
        clients=chance.choice((4, 6, 8)),
        together=together,
        points=_points(chance, kind, seed, points) if by_points else (),
        deeds=_deeds(chance, kind, count, by_points=by_points),
        damage=_damage(chance),
        copies=chance.choice((1, 2, 3)),
        receptions=[chance.choice((200, 200, 500, 503, 302)) for _ in range(30)],
    )


def every_point(kind: str) -> Sequence[str]:
    """The points that stories on this kind of database can die at."""
    return sorted(failpoints.POINTS - ELSEWHERE - (frozenset() if kind == "postgresql" else SEALING))


def _points(chance: random.Random, kind: str, seed: int, given: Sequence[str] | None) -> Sequence[tuple[str, int]]:
    if given is not None:
        return [(point, 1) for point in given]
    every = every_point(kind)
    first = (seed // 2 * 3) % len(every)
    chosen = [every[(first + number) % len(every)] for number in range(3)]
    return [(point, chance.choice((1, 1, 2))) for point in chosen]


def _deeds(chance: random.Random, kind: str, count: int, *, by_points: bool) -> Sequence[Deed]:
    kinds = ["kill"] * (0 if by_points else chance.randint(2, 5))
    if chance.random() < 0.6:
        kinds.append("outage")
    if kind == "postgresql":
        kinds += ["disconnect"] * chance.choice((0, 1, 2))
        kinds += chance.choices(("redis lost", "redis emptied"), k=2)
        kinds += ["restart"] * (chance.random() < 0.3)
    deeds = [Deed(chance.randint(1, count), each, chance.random()) for each in kinds]
    return sorted(deeds, key=lambda each: each.after)


def _damage(chance: random.Random) -> Sequence[tuple[str, Mapping[str, Any]]]:
    made: list[tuple[str, Mapping[str, Any]]] = []
    for _ in range(chance.randint(2, 8)):
        provider = chance.choice(sorted(_PATHS))
        fault = {
            "kind": chance.choice(_DAMAGES),
            "path": chance.choice(_PATHS[provider]),
            "times": chance.randint(1, 2),
            "skip": chance.randint(0, 6),
            "seconds": round(chance.uniform(0.1, 1.0), 2),
        }
        made.append((provider, fault))
    return made
