"""One HTTP request, before any HTTP library has seen it."""

from __future__ import annotations

from urllib.parse import urlsplit

RawHeaders = list[tuple[bytes, bytes]]


class Origin:
    """Where a region is: the parts of its base URL."""

    __slots__ = ("base_url", "host", "netloc", "port", "prefix", "scheme")

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.base_url = base_url
        self.scheme = parts.scheme.encode("ascii")
        self.host = (parts.hostname or "").encode("ascii")
        self.port = parts.port
        self.netloc = parts.netloc.encode("ascii")
        self.prefix = parts.path.rstrip("/")


class Request:
    """The request of one attempt.

    Attributes:
        method: In upper case.
        origin: Where it goes.
        target: Path and query.
        headers: Every header, Host and Content-Length included.
        content: The body, or None.
        timeouts: Seconds for connect, read, write and pool.
    """

    __slots__ = ("content", "headers", "method", "origin", "target", "timeouts")

    def __init__(
        self,
        method: str,
        origin: Origin,
        target: str,
        headers: RawHeaders,
        content: bytes | None,
        timeouts: dict[str, float],
    ) -> None:
        self.method = method
        self.origin = origin
        self.target = target
        self.headers = headers
        self.content = content
        self.timeouts = timeouts

    @property
    def url(self) -> str:
        """The absolute URL."""
        origin = self.origin
        return f"{origin.scheme.decode()}://{origin.netloc.decode()}{self.target}"

    def promise(self, seconds: float) -> None:
        """Tell the server that so much time is left, as it is when the request is about to be sent."""
        for position, (name, _) in enumerate(self.headers):
            if name == b"Molam-Deadline-Ms":
                self.headers[position] = (name, b"%d" % max(1, seconds * 1000))
