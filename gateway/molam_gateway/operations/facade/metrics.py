"""Figures of an account's business and of the process that tells them."""

import sys
import time
from datetime import timedelta

from ...domain.call import Answer, Call
from ...domain.scopes import PLATFORM_READ
from ...domain.times import milliseconds, rfc3339
from ...services import Services
from ...storage import figures

_WINDOW = timedelta(hours=24)
_STARTED = time.monotonic()
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in, in bytes."""


async def get_metrics(services: Services, call: Call) -> Answer:
    """What was made in the last 24 hours, by state; for those who run the gateway also its jobs and the process."""
    platform = PLATFORM_READ in call.account.scopes
    clock = services.clock
    now = clock.now()
    async with services.store.reading() as reader:
        counts = await figures.of_account(
            reader, account_id=call.account.id, livemode=call.account.livemode, since=now - _WINDOW
        )
        jobs: figures.Counts = {}
        if platform:
            jobs = await figures.of_jobs(reader, now=now, real_now=clock.real_now())
    return Answer(
        200,
        {
            "object": "metrics",
            **{name: _listed(each) for name, each in {**counts, "jobs": jobs}.items()},
            "process": _process() if platform else None,
            "livemode": call.account.livemode,
            "since_at": rfc3339(milliseconds(now - _WINDOW)),
            "generated_at": rfc3339(milliseconds(now)),
        },
    )


def _listed(counts: figures.Counts) -> list[dict[str, object]]:
    return [{"state": state, "count": count} for state, count in counts.items()]


def _process() -> dict[str, object]:
    return {
        "uptime_ms": round((time.monotonic() - _STARTED) * 1000),
        "cpu_ms": round(time.process_time() * 1000),
        "peak_memory_bytes": _peak_memory(),
    }


def _peak_memory() -> int | None:
    """Bytes; None where the system does not count them in this way (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MEMORY_UNIT
