"""How a pool of connections is used."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """Connections and those who want one; `waited` is in seconds, and with `timeouts` counted since the start."""

    used: int
    free: int
    most: int
    waiting: int
    waited: float
    timeouts: int


@runtime_checkable
class Pooled(Protocol):
    """A store whose connections are pooled."""

    def pool_figures(self) -> PoolFigures:
        """How the pool is used now."""
        ...
