"""What a test can turn at the Stripe simulator."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Knobs:
    """Times are seconds of the simulator's clock, except for `latency`, which really passes.

    `processing` lets card payments be `processing` for that long; `search_lag` hides new payments from the search;
    `refund_delay` is how long refunds of `pm_card_pendingRefund` are pending and after what time those of
    `pm_card_refundFail` fail. `internal_errors` and `lock_timeouts` count the mutations to be hit next: "before" fails
    without doing anything, "after" having done everything, and either 500 is stored for the idempotency key.
    `webhook_copies` delivers every event that often, `webhook_spread` delays each delivery by a random part of it, so
    that events arrive out of order; `webhook_retries` are the pauses after failed deliveries.
    """

    latency: float = 0.0
    rate_limit: int | None = None
    search_lag: float = 20.0
    processing: float = 0.0
    authorization_lifetime: float = 7 * 86_400.0
    refund_delay: float = 30.0
    dispute_delay: float = 60.0
    idempotency_lifetime: float = 86_400.0
    internal_errors: list[str] = field(default_factory=list[str])
    lock_timeouts: int = 0
    webhook_copies: int = 1
    webhook_spread: float = 0.0
    webhook_retries: tuple[float, ...] = (60.0, 600.0, 3600.0, 14_400.0, 43_200.0, 86_400.0)
