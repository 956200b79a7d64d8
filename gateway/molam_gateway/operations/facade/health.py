"""Whether the gateway works: for people, for whoever starts processes again, and for load balancers."""

import time
from datetime import timedelta

from ...domain.call import Answer, Call
from ...domain.problems import ProblemError
from ...domain.scopes import PLATFORM_READ
from ...domain.times import milliseconds
from ...services import Services
from ...storage import jobs, probe

_LATE = timedelta(minutes=1)


async def get_health(services: Services, call: Call) -> Answer:
    """How the gateway is; how its parts are for those who may know. Raises overloaded without a database."""
    checks = [await _database(services), await _jobs(services)]
    status = "degraded" if any(check["status"] != "ok" for check in checks) else "ok"
    return _answer(call, status, checks if PLATFORM_READ in call.account.scopes else [])


async def get_liveness(services: Services, call: Call) -> Answer:
    """The process answers; nothing else is looked at."""
    return _answer(call, "ok", [])


async def get_readiness(services: Services, call: Call) -> Answer:
    """The database answers. Raises overloaded while it does not (by StoreError), and while the process leaves."""
    if services.leaving():
        raise ProblemError("overloaded", "This process is about to stop: ask another one.", retry_after=1)
    await _database(services)
    return _answer(call, "ok", [])


async def _database(services: Services) -> dict[str, str]:
    began = time.monotonic()
    async with services.store.reading() as reader:
        await probe.answers(reader)
    took = round((time.monotonic() - began) * 1000)
    return {"name": "database", "status": "ok", "detail": f"answered in {took} ms"}


async def _jobs(services: Services) -> dict[str, str]:
    """Work that nobody does although it is due: no worker runs, or too few."""
    async with services.store.reading() as reader:
        due = await jobs.next_due(reader, services.clock.real_now())
    late = 0 if due is None else max(0, milliseconds(services.clock.now()) - due)
    if late > _LATE / timedelta(milliseconds=1):
        return {"name": "jobs", "status": "degraded", "detail": f"the oldest is {late // 1000} s overdue"}
    return {"name": "jobs", "status": "ok", "detail": "nothing is overdue"}


def _answer(call: Call, status: str, checks: list[dict[str, str]]) -> Answer:
    return Answer(200, {"object": "health", "status": status, "checks": checks, "livemode": call.account.livemode})
