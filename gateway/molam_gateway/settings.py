"""What an operator can change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

SAYS = "says"
SECRET = "secret"  # noqa: S105 - a word in the metadata


def setting(default: T, says: str, *, secret: bool = False) -> T:
    """A field with what operators are told about it; a secret one is in no repr."""
    declared: Any = field(default=default, repr=not secret, metadata={SAYS: says, SECRET: secret})
    value: T = declared
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """The gateway's settings; the defaults are the sandbox's. Durations are seconds.

    Each can be set by an environment variable, MOLAM_GATEWAY_ and its name (`configuration` reads them); `livemode` by
    `serve --live` or MOLAM_GATEWAY_MODE.
    """

    public_url: str = setting(
        "http://127.0.0.1:8080", "Where people and providers reach the gateway; without one, where it listens"
    )
    hosts: tuple[str, ...] = setting(
        (), "Names that it answers under besides public_url's and the loopback's, such as gateway,10.1.2.3"
    )
    livemode: bool = setting(False, "Whether money is real")
    validate_responses: bool = setting(False, "Answer 500 instead of what breaks the spec: for tests")
    max_body_bytes: int = setting(1_000_000, "The longest request body")
    max_deadline: float = setting(120.0, "The longest time that a caller may have the gateway work on one request")
    drain_timeout: float = setting(30.0, "What running requests get to finish when the gateway is stopped")
    drain_delay: float = setting(
        0.0, "How long a process that was told to stop goes on accepting requests while it says that it is not ready"
    )
    idempotency_retention: float = setting(7 * 86400.0, "How long answers are kept for repetitions; a day at the least")
    connect_timeout: float = setting(5.0, "What a webhook endpoint gets to accept a connection")
    delivery_timeout: float = setting(
        4.0,  # all six attempts at a receiver that never answers fit into one advance of the sandbox's clock
        "What a webhook endpoint gets for a whole delivery; 15 in live mode",
    )
    delivery_concurrency: int = setting(256, "Deliveries under way at once, in each process")
    endpoint_concurrency: int = setting(4, "Of these at one endpoint, unless the endpoint says")
    endpoint_disable_after: float = setting(5 * 86400.0, "How long an endpoint may fail without taking one event")
    webhook_retention: float = setting(30 * 86400.0, "How long ended deliveries, dead letters and events are kept")
    job_concurrency: int = setting(64, "Background jobs under way at once, in each process; three quarters of one kind")
    database_connections: int = setting(10, "Connections to PostgreSQL, in each process")
    simulators_url: str | None = setting(None, "Where simulators are, if they are not this sandbox's own")
    accept_unmatched_payments: bool = setting(
        False, "Whether customers may send money that no payment waits for; it ends in suspense"
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed, such as 10.0.0.0/8"
    )
    cors_origins: tuple[str, ...] = setting(
        (), "Origins whose web pages may call the API, such as https://shop.example; none without"
    )
    doc_url: str = setting("https://docs.molam.com/errors/", "What the code is appended to in an error's doc_url")
    rate_limits: Mapping[str, str] = field(
        default_factory=dict[str, str],
        metadata={
            SAYS: "By class: read and write by key; auth, refused and flood by address, IPv6 by its /64; "
            "read=100/second,write=50/second,auth=20/minute,refused=30/minute,flood=300/minute in live mode, "
            "none in the sandbox",
            SECRET: False,
        },
    )
    realtime_origins: tuple[str, ...] = setting(
        (), "Origins whose pages may open a WebSocket, such as https://shop.example, beside the gateway's own"
    )
    realtime_connections: int = setting(20_000, "WebSockets open at a time, in each process")
    realtime_connections_per_key: int = setting(10_000, "Of these those of one API key and its tokens")
    realtime_queue: int = setting(256, "Frames that wait for a WebSocket's client before it is cut off")
    redis: str | None = setting(
        None, "Where processes count calls and tell of events together, redis://...; none is needed", secret=True
    )
    metrics_networks: tuple[str, ...] = setting(
        (), "Networks that may read /metrics without a key; a sandbox shows it to its own machine besides"
    )
    access_log: bool = setting(False, "Whether each request is a line of the log; always with --log-format json")
