"""What can go wrong with a connection, and what it means for the attempt that it carried.

WireError
├── PoolTimeout                          no connection became free
├── ConnectError, ConnectTimeout         nothing was sent
│   ├── ResolveError, ResolveTimeout
│   ├── HandshakeError, HandshakeTimeout
│   └── ProxyError
├── WriteError, WriteTimeout
├── ReadError, ReadTimeout
├── RemoteProtocolError                  the peer does not speak HTTP/1.1, or stopped in the middle of it
└── LocalProtocolError                   the request itself cannot be sent
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, cast

from .._exchange.reply import Lost
from .alerts import refusal

if TYPE_CHECKING:
    from ..errors import Phase


_ISSUER_UNKNOWN = frozenset({18, 19, 20, 21})
"""OpenSSL's X509_V_ERR_ of certificates, self-signed or not, whose issuer is none of the authorities."""


class WireError(Exception):
    """An attempt that brought no answer.

    Attributes:
        not_sent: Whether it says that no byte of the attempt has left.
        timed_out: Whether a timeout or the deadline ended it.
        phase: How far it came, where the class alone tells.
    """

    not_sent: ClassVar[bool] = False
    timed_out: ClassVar[bool] = False
    phase: ClassVar[Phase | None] = None


class PoolTimeout(WireError):
    not_sent = timed_out = True
    phase: ClassVar[Phase | None] = "connect"


class ConnectError(WireError):
    not_sent = True
    phase: ClassVar[Phase | None] = "connect"


class ConnectTimeout(WireError):
    not_sent = timed_out = True
    phase: ClassVar[Phase | None] = "connect"


class ResolveError(ConnectError):
    phase = "dns"


class ResolveTimeout(ConnectTimeout):
    phase = "dns"


class HandshakeError(ConnectError):
    phase = "tls"


class HandshakeTimeout(ConnectTimeout):
    phase = "tls"


class ProxyError(ConnectError):
    """The proxy cannot be reached or does not do what it is asked; its cause knows how far that came."""

    phase = None


class WriteError(WireError):
    phase = "write"


class WriteTimeout(WireError):
    timed_out = True
    phase = "write"


class ReadError(WireError):
    pass


class ReadTimeout(WireError):
    timed_out = True


class RemoteProtocolError(WireError):
    pass


class LocalProtocolError(WireError):
    not_sent = True
    phase: ClassVar[Phase | None] = "connect"


def lost(error: WireError, *, begun: bool, answering: bool, where: bytes) -> Lost:
    """Return what the end of a connection means for its attempt.

    Args:
        error: What happened.
        begun: Whether a byte of the attempt may have left.
        answering: Whether the head of the answer had come.
        where: The host and port that it was for.
    """
    sent = answering or (begun and not error.not_sent)
    if isinstance(error, WriteError | WriteTimeout):
        phase: Phase = "write"
    elif sent:
        phase = "body" if answering else "headers" if refusal(error) is None else "tls"
    else:
        phase = connect_phase(error)
    return Lost(
        phase,
        sent=sent,
        timed_out=error.timed_out,
        fatal=isinstance(error, LocalProtocolError),
        local=isinstance(error, PoolTimeout) or (phase == "write" and not sent),
        cause_type=type(error).__name__,
        detail=detail_of(error, where),
    )


def detail_of(error: BaseException, where: bytes) -> str:
    """Return in words where a connection failed and what the operating system or TLS said of it."""
    cause: BaseException | None = error
    said = refusal(error) or ""
    while cause is not None:
        if isinstance(cause, ProxyError):
            said = said or str(cause)
        elif _is_tls(cause):
            found: Any = cause
            said = _distrust(found) or said or (getattr(found, "reason", None) or "").replace("_", " ").lower()
        elif isinstance(cause, OSError) and cause.strerror:
            said = said or cause.strerror
        cause = cause.__cause__ or cause.__context__
    return f"{where.decode('ascii')}: {said or type(error).__name__}"


def connect_phase(error: BaseException) -> Phase:
    """Return how far a failed connect came, by the exception that began it."""
    cause: BaseException | None = error
    while cause is not None:
        if _is_a(cause, "socket", "gaierror"):
            return "dns"
        if _is_tls(cause):
            return "tls"
        known = cast("Phase | None", getattr(cause, "phase", None)) if isinstance(cause, WireError) else None
        if known in ("dns", "tls"):
            return known
        cause = cause.__cause__ or cause.__context__
    return "connect"


def _distrust(error: Any) -> str:
    """Return in words why a certificate is not trusted, empty if that is not what happened."""
    said: str = getattr(error, "verify_message", "")
    if getattr(error, "verify_code", 0) in _ISSUER_UNKNOWN:
        said += "; if you trust who issued it, pass ca_bundle"
    return said


def _is_tls(error: BaseException) -> bool:
    return _is_a(error, "ssl", "SSLError")


def _is_a(error: BaseException, module: str, name: str) -> bool:
    """Whether it is of a class whose module need not be loaded: nothing else can have raised it."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, getattr(loaded, name))
