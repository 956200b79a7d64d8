"""What a proxy is told: CONNECT for https (RFC 9110, 9.3.6), an absolute target and its credentials for http."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import ConnectError, ConnectTimeout, ProxyError, WireError
from .http11 import Conversation, head_of

if TYPE_CHECKING:
    from .peer import Peer
    from .proxy import Proxy


def connect_request(peer: Peer, proxy: Proxy) -> bytes:
    """Return the bytes that ask a proxy for a tunnel."""
    authority = peer.where.encode("ascii")
    return head_of("CONNECT", authority, [(b"Host", authority), *proxy.headers])


def absolute(peer: Peer, target: bytes) -> bytes:
    """Return the target of a request that a proxy is to hand on."""
    return b"http://%b%b" % (peer.where.encode("ascii"), target)


def check_tunnel(answer: Conversation) -> None:
    """Raise ProxyError unless the proxy has dug the tunnel and says nothing more."""
    if not 200 <= answer.status < 300:
        raise ProxyError(f"the proxy answered {answer.status}")
    if not answer.is_silent:
        raise ProxyError("the proxy speaks where the host should")


def unreachable(proxy: Proxy, error: ConnectError) -> ProxyError:
    """Return the error that says that it is the proxy that cannot be reached, not the host behind it."""
    return ProxyError(f"the proxy {proxy.host} cannot be reached, {error}")


def refused(error: WireError) -> WireError:
    """Return what it means that a proxy did not answer: whatever happened, it was before the call was sent."""
    if error.timed_out:
        return ConnectTimeout("the proxy did not answer in time")
    return ProxyError("the proxy closed the connection or answered in no known way")
