"""Checks what a client is to send with: its own HTTP engine, a transport or an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from .urls import is_socks

if TYPE_CHECKING:
    from ..config import Config

_ENGINES = ("wire", "transport", "http_adapter")
_OWN = "molam_sdk.transports"
_CONNECTION = {
    "proxy": None,
    "trust_env": False,
    "verify": True,
    "mtls_cert": None,
    "ca_bundle": None,
    "max_connections": 100,
}
"""Options of the SDK's own connections, and what they are where nobody sets them."""


def wire(name: str, value: object) -> object:
    """Return the name of an HTTP engine."""
    if value is None or value in ("molam", "httpx"):
        return value
    raise ConfigurationError(f"{name} must be molam or httpx")


def transport(name: str, value: object) -> object:
    """Return an object that httpx can send with."""
    if type(value).__module__ == _OWN:
        raise ConfigurationError(f"{name} of the SDK is for clients of httpx: leave it out here")
    if value is None or hasattr(value, "handle_request") or hasattr(value, "handle_async_request"):
        return value
    raise ConfigurationError(
        f"{name} must be an httpx.BaseTransport or httpx.AsyncBaseTransport: pass httpx.HTTPTransport(), not a client"
    )


def http_adapter(name: str, value: Any) -> Any:
    """Return an object with a `send` method."""
    if value is None or callable(getattr(value, "send", None)):
        return value
    raise ConfigurationError(f"{name} must have send(method, url, headers, json, timeout)")


def check_engine(config: Config) -> None:
    """Raise ConfigurationError for two engines, and for options that the chosen one would ignore."""
    chosen = [name for name in _ENGINES if getattr(config, name) is not None]
    if len(chosen) > 1:
        raise ConfigurationError(f"{' and '.join(chosen)} exclude each other; pass one of them")
    if config.wire == "molam" and is_socks(config.proxy):
        raise ConfigurationError('the wire "molam" knows no socks proxies; leave wire out, or pass wire="httpx"')
    if config.mtls_key is not None and config.mtls_cert is None:
        raise ConfigurationError("mtls_key needs mtls_cert")
    if config.ca_bundle is not None and not config.verify:
        raise ConfigurationError("ca_bundle has no effect with verify=False; leave one of them out")
    if config.transport is not None or config.http_adapter is not None:
        for name, unset in _CONNECTION.items():
            if getattr(config, name) != unset:
                raise ConfigurationError(f"{name} has no effect with {chosen[0]}; set it there")
