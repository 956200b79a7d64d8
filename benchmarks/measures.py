"""What is measured, against what, and the bar that the SDK has set itself."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rounds import Contest

SDK = "molam"


@dataclass(frozen=True)
class Measure:
    """A named comparison; `bar` is the highest ratio that the SDK allows itself, or the lowest throughput."""

    name: str
    title: str
    bar: float | None
    contests: tuple[Contest, ...]
    throughput: bool = False


def _against(task: str, baseline: tuple[str, str], *entrants: str) -> tuple[Contest, ...]:
    return tuple(Contest(entrant, (entrant, task), baseline) for entrant in entrants)


_50 = "create, 50 in flight"

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
        0.65,
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
        "create-tls",
        "create call over TLS / httpx.Client.post of the same bytes",
        None,
        _against("create over TLS", ("httpx", "create over TLS"), SDK, "openai", "stripe"),
    ),
    Measure(
        "in-flight",
        "throughput with 50 creates in flight / httpx.AsyncClient's",
        7.0,
        _against(_50, ("httpx", _50), SDK, "aiohttp", "openai", "stripe"),
        throughput=True,
    ),
    Measure(
        "in-flight-tls",
        "throughput with 50 creates in flight over TLS / httpx.AsyncClient's",
        None,
        _against(f"{_50} over TLS", ("httpx", f"{_50} over TLS"), SDK, "aiohttp", "openai", "stripe"),
        throughput=True,
    ),
    Measure(
        "crowd",
        "create call with 500 in flight / the same with 50",
        1.2,
        tuple(
            Contest(entrant, (entrant, "create, 500 in flight"), (entrant, _50))
            for entrant in (SDK, "aiohttp", "openai", "stripe")
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
