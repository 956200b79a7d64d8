"""What is left of a caller's rate limit, and who counts it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller may still do: `remaining` of `quota` calls, anew after `resets_after` seconds."""

    name: str
    quota: int
    window: int
    remaining: int
    resets_after: float
    admitted: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={math.ceil(self.resets_after)}',
        }


class Limiter(Protocol):
    """Counts calls."""

    async def take(self, name: str, caller: str) -> Allowance | None:
        """Count a call of this class; None where the class has no limit."""
        ...

    async def look(self, name: str, caller: str) -> Allowance | None:
        """What is left, counting nothing."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class Unlimited:
    """Counts nothing and admits everybody."""

    async def take(self, name: str, caller: str) -> Allowance | None:
        """Nothing is limited."""
        return None

    async def look(self, name: str, caller: str) -> Allowance | None:
        """Nothing is limited."""
        return None

    async def close(self) -> None:
        """There is nothing to close."""
