"""The Molam SDK: take payments, give them back and pay out, sync and async.

Names are imported when they are first used, so that a process pays for what it needs only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from . import errors, webhooks
    from ._async_client import MolamAsyncClient
    from ._calls.observe import CallEvent, RequestEvent, ResponseEvent, RetryEvent
    from ._calls.pagination import AsyncPage, AsyncPages, Page, Pages
    from ._calls.raw import RawResponse
    from ._client import MolamClient
    from ._network.adapter import HTTPAdapter
    from ._shared.breaker import CircuitEvent
    from .config import Config
    from .errors import (
        ApiError,
        AuthenticationError,
        CallBlockedError,
        CircuitOpenError,
        ConfigurationError,
        ConflictError,
        DeclinedError,
        IdempotencyError,
        MolamError,
        NetworkError,
        NotFoundError,
        PermissionDeniedError,
        ProviderError,
        RateLimitError,
        ServerError,
        SignatureError,
        StorageError,
        TimeoutError,
        UnexpectedResponseError,
        ValidationError,
    )
    from .money import Money

_HOMES = {
    "HTTPAdapter": "_network.adapter",
    "MolamAsyncClient": "_async_client",
    "MolamClient": "_client",
    "CircuitEvent": "_shared.breaker",
    "CallEvent": "_calls.observe",
    "RequestEvent": "_calls.observe",
    "ResponseEvent": "_calls.observe",
    "RetryEvent": "_calls.observe",
    "AsyncPage": "_calls.pagination",
    "AsyncPages": "_calls.pagination",
    "Page": "_calls.pagination",
    "Pages": "_calls.pagination",
    "RawResponse": "_calls.raw",
    "Config": "config",
    "Money": "money",
    "ApiError": "errors",
    "AuthenticationError": "errors",
    "CallBlockedError": "errors",
    "CircuitOpenError": "errors",
    "ConfigurationError": "errors",
    "ConflictError": "errors",
    "DeclinedError": "errors",
    "IdempotencyError": "errors",
    "MolamError": "errors",
    "NetworkError": "errors",
    "NotFoundError": "errors",
    "PermissionDeniedError": "errors",
    "ProviderError": "errors",
    "RateLimitError": "errors",
    "ServerError": "errors",
    "SignatureError": "errors",
    "StorageError": "errors",
    "TimeoutError": "errors",
    "UnexpectedResponseError": "errors",
    "ValidationError": "errors",
}

__all__ = [
    "ApiError",
    "AsyncPage",
    "AsyncPages",
    "AuthenticationError",
    "CallBlockedError",
    "CallEvent",
    "CircuitEvent",
    "CircuitOpenError",
    "Config",
    "ConfigurationError",
    "ConflictError",
    "DeclinedError",
    "HTTPAdapter",
    "IdempotencyError",
    "MolamAsyncClient",
    "MolamClient",
    "MolamError",
    "Money",
    "NetworkError",
    "NotFoundError",
    "Page",
    "Pages",
    "PermissionDeniedError",
    "ProviderError",
    "RateLimitError",
    "RawResponse",
    "RequestEvent",
    "ResponseEvent",
    "RetryEvent",
    "ServerError",
    "SignatureError",
    "StorageError",
    "TimeoutError",
    "UnexpectedResponseError",
    "ValidationError",
    "__version__",
    "errors",
    "webhooks",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is not None:
        value = getattr(import_module(f".{home}", __name__), name)
    elif name in ("errors", "webhooks", "config", "declines", "hooks", "journal", "money"):
        return import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
