"""Counts by source what was refused, and stops who is refused too often."""

import asyncio
from math import ceil

from ..domain.problems import ProblemError
from ..domain.sources import source_of
from .allowance import Allowance, Limiter

REFUSED = "refused"
FLOOD = "flood"


class RefusedError(ProblemError):
    """429, with the headers that tell of the limit."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(
            "rate_limited",
            f"More than {allowance.quota} calls in {allowance.window} s: wait as long as Retry-After says.",
            retry_after=max(1, ceil(allowance.resets_after)),
        )
        self.headers = allowance.headers


class Refusals:
    """The refused requests of one `kind`, which are counted apart from those of another.

    Two limits: `refused` counts what a source was refused at one target, `flood` what it was refused at all. A target
    is what one owner answers for (one merchant's webhooks). A flood is one over all targets: whoever serves many owners
    behind one source has to let pass what is known to be one's.
    """

    def __init__(self, limiter: Limiter, kind: str) -> None:
        self._limiter = limiter
        self._kind = kind

    async def check(self, address: str | None, target: str | None = None) -> None:
        """Raise RefusedError for a source that floods, or that was refused too often at the target. Counts nothing."""
        asked = [self._limiter.look(FLOOD, self._name(address))]
        if target is not None:
            asked.append(self._limiter.look(REFUSED, self._name(address, target)))
        for allowance in await asyncio.gather(*asked):
            if allowance is not None and not allowance.admitted:
                raise RefusedError(allowance)

    async def note(self, address: str | None, target: str = "") -> RefusedError | None:
        """Count one; what to answer instead if it is one too many at its target."""
        await self._limiter.take(FLOOD, self._name(address))
        allowance = await self._limiter.take(REFUSED, self._name(address, target))
        return None if allowance is None or allowance.admitted else RefusedError(allowance)

    def _name(self, address: str | None, target: str = "") -> str:
        return f"{self._kind} {source_of(address)} {target}".rstrip()
