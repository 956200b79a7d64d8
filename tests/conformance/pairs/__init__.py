"""The pairs that the suite runs over: a provider's name and how its simulator is opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from ..pair import Pair
from ..world import World
from .cpay import open_cpay
from .mpesa import open_mpesa
from .paystack import open_paystack
from .stripe import open_stripe

Opener: TypeAlias = Callable[[World], AbstractAsyncContextManager[Pair]]

PAIRS: dict[str, Opener] = {
    "cpay": open_cpay,
    "mpesa": open_mpesa,
    "paystack": open_paystack,
    "stripe": open_stripe,
}
