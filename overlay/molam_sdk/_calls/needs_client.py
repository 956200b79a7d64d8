"""What works only beside its client, and says so where somebody pickles it."""

from __future__ import annotations

from typing import ClassVar, NoReturn


class NeedsClient:
    """Base of what can make further calls."""

    __slots__ = ()

    _take_along: ClassVar[str]
    """What to pickle in its place."""

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"a {name} needs its client, which holds connections and a key: pickle {self._take_along}")
