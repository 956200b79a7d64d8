"""Builds the providers of a sandbox: CPay with its simulator, and what installed packages announce."""

from collections.abc import Callable
from datetime import datetime

from .domain.ids import IdGenerator
from .providers.cpay import CPay
from .providers.registry import Providers, announced, registry
from .providers.simulators.cpay import CPaySimulator
from .storage import jobs
from .storage.port import Store, Transaction

NOTIFICATION = "provider.notification"
"""The job by which a simulator tells that it has news of a reference."""


def sandbox_providers(
    store: Store, now: Callable[[], datetime], ids: IdGenerator, public_url: Callable[[], str]
) -> Providers:
    """CPay for everything that names no other provider."""
    return registry(CPay(CPaySimulator(store, now, ids, _notify), public_url, now), announced())


async def _notify(tx: Transaction, reference: str, at: datetime) -> None:
    await jobs.schedule(tx, NOTIFICATION, reference, at)
