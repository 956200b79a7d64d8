"""What is measured, against what, and the bar that the SDK has set itself."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rounds import Contest

SDK = "molam"


@dataclass(frozen=True)
class Measure:
    """A named comparison; `bar` is the highest ratio that the SDK allows itself."""

    name: str
    title: str
    bar: float
    contests: tuple[Contest, ...]


def _against(task: str, baseline: tuple[str, str], *entrants: str) -> tuple[Contest, ...]:
    return tuple(Contest(entrant, (entrant, task), baseline) for entrant in entrants)


MEASURES = (
    Measure(
        "create-memory",
        "create call in memory / httpx.Client.post of the same bytes",
        0.85,
        _against("create in memory", ("httpx", "create in memory"), SDK, "svix", "openai", "stripe"),
    ),
    Measure(
        "create-loopback",
        "create call over loopback / httpx.Client.post of the same bytes",
        0.95,
        _against(
            "create over loopback",
            ("httpx", "create over loopback"),
            SDK,
            "svix",
            "openai",
            "stripe",
        ),
    ),
    Measure(
        "page",
        "response bytes to a page of 100 typed objects / json.loads of the same bytes",
        3.5,
        tuple(
            Contest(entrant, (entrant, "page"), ("plain", f"{entrant} page"))
            for entrant in (SDK, "svix", "openai", "stripe")
        ),
    ),
    Measure(
        "verify",
        "verify a webhook of 1 KB and json.loads / hmac.digest and json.loads",
        1.3,
        _against("verify", ("plain", "webhook"), SDK, "stripe", "openai", "svix"),
    ),
    Measure(
        "construct",
        "webhook of 1 KB to a typed event / hmac.digest and json.loads",
        3.0,
        _against("construct", ("plain", "webhook"), SDK, "stripe"),
    ),
)
