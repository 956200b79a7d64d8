"""What every operation is given: the store, the clocks, the providers and the secrets' vault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .domain.forgeries import Forgeries
from .domain.ids import IdGenerator
from .providers.registry import Providers
from .storage.port import Store
from .telemetry import Telemetry


class Clock(Protocol):
    """The sandbox's clock (real time plus what was advanced) beside the real one."""

    def now(self) -> datetime:
        """Business time: expiry, settlement, schedules. Aware, UTC."""
        ...

    def real_now(self) -> datetime:
        """Real time: leases and signatures. Aware, UTC."""
        ...

    def catch_up(self, offset_ms: int) -> None:
        """Take notice of how far the sandbox's clock was advanced, by this process or another."""
        ...


class Vault(Protocol):
    """Encryption at rest; `purpose` is sealed in, so that ciphertexts cannot be swapped."""

    def encrypt(self, purpose: str, text: str) -> str:
        """A token that only this vault opens, for this purpose."""
        ...

    def decrypt(self, purpose: str, token: str) -> str:
        """The text that was encrypted for `purpose`."""
        ...

    def derivations(self, name: str) -> tuple[bytes, ...]:
        """32 bytes that follow from a name and a key, one per key, the newest first."""
        ...

    def fingerprint(self, text: str) -> str:
        """The fingerprint under which a credential is stored."""
        ...

    def fingerprints(self, text: str) -> list[str]:
        """The fingerprints under which a credential may be stored, one per key."""
        ...


class OperationSettings(Protocol):
    """The settings that operations read; durations are seconds."""

    @property
    def public_url(self) -> str:
        """The gateway's own base URL, without a slash at its end."""
        ...

    @property
    def idempotency_retention(self) -> float:
        """How long a finished key is kept, on the business clock."""
        ...

    @property
    def webhook_retention(self) -> float:
        """How long ended deliveries, dead letters and events are kept, on the business clock."""
        ...

    @property
    def livemode(self) -> bool:
        """Whether money is real."""
        ...

    @property
    def accept_unmatched_payments(self) -> bool:
        """Whether customers may send money that no payment waits for."""
        ...

    @property
    def doc_url(self) -> str:
        """What the code is appended to in a problem's `doc_url`."""
        ...


class Bookkeeping(Protocol):
    """What it takes to change something and to write that down."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    @property
    def clock(self) -> Clock:
        """The clocks."""
        ...

    @property
    def vault(self) -> Vault:
        """The secrets' vault."""
        ...

    @property
    def ids(self) -> IdGenerator:
        """Makes ids."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Passed to every operation; built once by the application.

    `wake` tells the background worker that jobs or events were committed; `leaving` whether this process is about to
    stop and wants no more requests.
    """

    store: Store
    clock: Clock
    providers: Providers
    settings: OperationSettings
    vault: Vault
    wake: Callable[[], None]
    ids: IdGenerator = field(default_factory=IdGenerator)
    telemetry: Telemetry = field(default_factory=Telemetry)
    leaving: Callable[[], bool] = lambda: False
    forgeries: Forgeries = field(default_factory=Forgeries)
