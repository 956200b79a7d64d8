"""The options of a client as keyword arguments, for the type checkers and editors of those who pass them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import httpx

    from .._network.adapter import HTTPAdapter
    from ..journal import AsyncCallJournal, CallJournal
    from .environments import Environment
    from .settings import Hook, WebhookSecret


class CallOptions(TypedDict, total=False):
    """Options that `with_options` may change, since the connections do not depend on them."""

    api_key: str
    api_base: str
    environment: Environment
    region: str | None
    regions: Mapping[str, str]
    fallback_regions: Sequence[str]
    write_failover: bool
    account: str | None
    timeout: float | tuple[float, float]
    deadline: float
    max_retries: int
    backoff_factor: float
    retry_budget: int
    circuit_breaker: bool
    journal: CallJournal | AsyncCallJournal | None
    require_attempt_id: bool
    webhook_secret: WebhookSecret | None
    default_currency: str | None
    default_locale: str | None
    event_hooks: Mapping[str, Hook | Sequence[Hook]] | None
    telemetry: bool
    api_version: str | None


class ClientOptions(CallOptions, total=False):
    """Every option of a client; docs/guides/configuration.md explains them."""

    max_connections: int
    wire: Literal["molam", "httpx"]
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | Any
    http_adapter: HTTPAdapter | Any
    proxy: str | None
    trust_env: bool
    verify: bool
    mtls_cert: str | os.PathLike[str] | None
    mtls_key: str | os.PathLike[str] | None
    ca_bundle: str | os.PathLike[str] | None
    max_response_bytes: int
