"""What an operator can change."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """The gateway's settings; the defaults are the sandbox's.

    `public_url` is the base of links that people open (the redirect page, the dashboard). Durations are seconds.
    """

    public_url: str = "http://127.0.0.1:8080"
    livemode: bool = False
    validate_responses: bool = False
    max_body_bytes: int = 1_000_000
    max_deadline: float = 120.0
    drain_timeout: float = 30.0
    drain_delay: float = 0.0
    """How long a process that was told to stop goes on accepting requests while it says that it is not ready."""
    idempotency_retention: float = 7 * 86400.0
    connect_timeout: float = 5.0
    delivery_timeout: float = 4.0
    """All six attempts at a receiver that never answers fit into one advance of the sandbox's clock."""
    delivery_concurrency: int = 256
    endpoint_concurrency: int = 4
    """Attempts under way at one endpoint, in each process, unless the endpoint says."""
    endpoint_disable_after: float = 5 * 86400.0
    """How long an endpoint may fail without taking one event."""
    webhook_retention: float = 30 * 86400.0
    """How long ended deliveries, dead letters and events are kept."""
    simulators_url: str | None = None
    """Where the simulators of real providers are, if they are not this sandbox's own."""
    accept_unmatched_payments: bool = False
    """Whether customers may send money of their own accord that no payment waits for; it ends in suspense."""
    trusted_proxies: tuple[str, ...] = ()
    """The networks of the proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8."""
    doc_url: str = "https://docs.molam.com/errors/"
    rate_limits: Mapping[str, str] = field(default_factory=dict[str, str])
    """By class (`read`, `write`, `auth`, `refused`), like `100/second`; nothing is limited without."""
    realtime_origins: tuple[str, ...] = ()
    """Whose pages may open a WebSocket (`https://shop.example`), beside the gateway's own."""
    realtime_connections: int = 20_000
    """WebSockets open at a time in each process."""
    realtime_connections_per_key: int = 10_000
    """Those of one API key and its tokens, in each process."""
    realtime_queue: int = 256
    """Frames that wait for a client; one that is further behind is cut off."""
    redis: str | None = field(default=None, repr=False)
    """Where processes count calls together, `redis://...`; each for itself without."""
    metrics_networks: tuple[str, ...] = ()
    """Networks (CIDR) that may read `/metrics` without a key; a sandbox shows it to its own machine besides."""
    access_log: bool = False
    """Whether each request is a line of the log."""
