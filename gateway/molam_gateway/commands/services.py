"""What operations are given where a command runs them: the providers of the mode that the objects are of."""

import contextlib
from collections.abc import AsyncGenerator

from ..live_providers import live_providers
from ..providers.mpesa import MemoryTokens
from ..sandbox_providers import sandbox_providers
from ..sandbox_simulators import Simulators
from ..services import Services
from ..settings import Settings
from .opening import Opened


@contextlib.asynccontextmanager
async def services_of(database: Opened, *, livemode: bool) -> AsyncGenerator[Services]:
    """Services on a database; what they have of providers is closed at the end."""
    store, vault, clock, ids = database.store, database.vault, database.clock, database.ids
    if livemode:
        providers = live_providers(clock.now, MemoryTokens())
    else:
        simulators = Simulators(None, clock.now, "", vault.derive)
        providers = sandbox_providers(store, clock.now, ids, lambda: "", simulators)
    try:
        yield Services(store, clock, providers, Settings(livemode=livemode), vault, lambda: None, ids)
    finally:
        for provider in providers.by_name.values():
            await provider.close()
