"""Asks for the addresses of a host without waiting longer than the call may."""

from __future__ import annotations

import socket
import threading

import httpcore


class ResolveTimeout(httpcore.ConnectTimeout):
    """The addresses of the host were not found in time."""


class ResolveError(httpcore.ConnectError):
    """The host has no address, or nobody can tell."""


def addresses(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host in the order to try them.

    `socket.getaddrinfo()` knows no timeout; it runs in a thread that is left to itself once the time is over.

    Raises:
        ResolveTimeout: If they are not known in time.
        ResolveError: If there are none.
    """
    if _is_address(host):
        return [host]
    try:
        return _look_up(host, port) if host == "localhost" else _look_up_aside(host, port, seconds)
    except TimeoutError as error:
        raise ResolveTimeout(f"no address within {seconds:.3g} s") from error
    except (OSError, UnicodeError) as error:
        raise ResolveError(str(error)) from error


def _is_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, UnicodeError):
            continue
        return True
    return False


def _look_up_aside(host: str, port: int, seconds: float) -> list[str]:
    from concurrent.futures import Future

    answer: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            answer.set_result(_look_up(host, port))
        except BaseException as error:  # noqa: BLE001 - the waiting thread raises it
            answer.set_exception(error)

    try:
        threading.Thread(target=look_up, name="molam-resolve", daemon=True).start()
    except RuntimeError:
        return _look_up(host, port)
    return answer.result(seconds)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
