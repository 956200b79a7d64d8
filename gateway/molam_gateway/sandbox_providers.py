"""Builds the providers of a sandbox: CPay with its simulator, the real ones, and what installed packages announce."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from .domain.ids import IdGenerator
from .providers.cpay import CPay
from .providers.mpesa import TokenStore, mpesa
from .providers.paystack.adapter import Paystack
from .providers.registry import Providers, Simulated, announced, registry
from .providers.simulators.cpay import CPaySimulator
from .providers.stripe import Stripe
from .sandbox_simulators import OPENERS, PREFIX, Simulators
from .storage import jobs
from .storage.port import Store, Transaction

NOTIFICATION = "provider.notification"
"""The job by which a simulator tells that it has news of a reference."""

ALIASES: Mapping[str, Sequence[str]] = {"card": ("stripe", "cpay"), "visa": ("stripe", "cpay")}
"""Names that stand for the first provider that the account configured."""


def sandbox_providers(
    store: Store,
    now: Callable[[], datetime],
    ids: IdGenerator,
    public_url: Callable[[], str],
    simulators: Simulators,
    tokens: TokenStore | None = None,
    simulators_url: str | None = None,
) -> Providers:
    """CPay for everything that names no other provider; the real ones talk to their simulators at first.

    `simulators_url` is where the simulators are if not within this gateway.
    """
    base = simulators_url or f"{public_url()}{PREFIX}"
    return registry(
        CPay(CPaySimulator(store, now, ids, _notify), public_url, now),
        [mpesa(tokens=tokens, now=now), Paystack(now=lambda: now().timestamp()), Stripe(now), *announced()],
        aliases=ALIASES,
        simulated={name: Simulated(f"{base}/{name}", simulators.credentials(name)) for name in OPENERS},
    )


async def _notify(tx: Transaction, reference: str, at: datetime) -> None:
    await jobs.schedule(tx, NOTIFICATION, reference, at)
