"""What a seed stands for: who works, what they do, and everything that goes wrong meanwhile."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from molam_gateway import failpoints
from tests.chaos.errands import Errand, Errands

TRIGGERED = frozenset({"before_trigger_step", "after_trigger_step"})
"""What only a trigger leads to."""

SEALING = frozenset({"before_sealing", "after_sealing"})
"""What there is on PostgreSQL only."""

UNSENT = frozenset({"before_sending_again", "after_sending_again", "after_giving_up"})
"""What is reached only if a provider could not be."""

UNASKED = frozenset({"before_unasked", "after_unasked"})
"""What is reached only a day later."""

_FIRST = (
    "before_provider",
    "after_provider",
    "before_delivery",
    "before_commit",
    "after_begin",
    "after_delivery",
    "before_acting",
    "before_reconciling",
    "before_fan_out",
)
"""Points with the most to lose: the first stories die there."""

_DAMAGES = ("drop_answer", "truncate", "error_after", "error_before", "reset", "delay")
_PATHS: Mapping[str, Sequence[str]] = {
    "stripe": ("/v1/payment_intents", "/v1/refunds", "/capture"),
    "mpesa": (
        "/mpesa/stkpush/v1/processrequest",
        "/mpesa/stkpushquery",
        "/oauth",
        "/b2c/",
        "/reversal/",
        "/transactionstatus/",
    ),
    "cpay_http": ("/v1/operations",),
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
    """`points` are where gateways die, each in one of the `rounds`; `deeds` what happens to them without their doing.

    `funding` comes before anything goes wrong. `together` runs the gateways as workers on one port. `damage` are the
    faults of providers' answers, `receptions` the statuses that the receiver of webhooks answers first.
    """

    seed: int
    kind: str
    funding: Errand
    rounds: Sequence[Sequence[Errand]]
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


def story(seed: int, kind: str, *, short: bool = False) -> Story:
    """The story of a seed on a kind of database; in a short one only one gateway dies, at no point in particular."""
    chance = random.Random(seed)
    makes = Errands(chance)
    by_points = seed % 2 == 0 and not short
    count = chance.randint(*((11, 11) if short else (18, 24) if by_points else (24, 36)))
    funding, errands = makes.funding(), makes.some(count)
    points = _points(chance, kind, seed) if by_points else ()
    rounds = [list(errands[number :: len(points)]) for number in range(len(points))] or [list(errands)]
    for (point, _), errands_of_point in zip(points, rounds, strict=False):
        errands_of_point += [makes.triggered(), makes.triggered()] if point in TRIGGERED else []
    together = kind == "postgresql" and not (by_points or short) and chance.random() < 0.4
    return Story(
        seed=seed,
        kind=kind,
        funding=funding,
        rounds=rounds,
        clients=chance.choice((4, 6, 8)),
        together=together,
        points=points,
        deeds=_few_deeds(kind) if short else _deeds(chance, kind, count, by_points=by_points),
        damage=_damage(chance),
        copies=chance.choice((1, 2, 3)),
        receptions=[chance.choice((200, 200, 500, 503, 302)) for _ in range(30)],
    )


def every_point(kind: str) -> Sequence[str]:
    """The points that stories on this kind of database can die at."""
    others = failpoints.POINTS - set(_FIRST) - (frozenset() if kind == "postgresql" else SEALING)
    return [*_FIRST, *sorted(others)]


def _points(chance: random.Random, kind: str, seed: int) -> Sequence[tuple[str, int]]:
    every = every_point(kind)
    first = (seed // 2 * 3) % len(every)
    chosen = [every[(first + number) % len(every)] for number in range(3)]
    rare = UNSENT | UNASKED | TRIGGERED
    return [(point, chance.choice((1, 1, 2)) if point not in rare else 1) for point in chosen]


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


def _few_deeds(kind: str) -> Sequence[Deed]:
    elsewhere = [Deed(3, "disconnect", 0.5), Deed(9, "redis lost", 0.1)] if kind == "postgresql" else []
    return sorted([Deed(6, "kill", 0.4), *elsewhere], key=lambda each: each.after)


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
