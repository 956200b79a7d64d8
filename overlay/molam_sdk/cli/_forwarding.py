"""Sends events to a receiver as the API would: signed with the SDK's own signing, over HTTP, and tells the answer."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Self

import attrs
import httpx
import typer

from .. import __version__
from ..webhooks import generate_signature

if TYPE_CHECKING:
    from ._answers import Document

_EXCERPT = 200
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


@attrs.frozen
class Delivery:
    """What became of sending one event.

    Attributes:
        status: HTTP status of the receiver's answer; None without an answer.
        error: Why there is none.
        seconds: How long the receiver took.
        excerpt: The beginning of an answer that is no success.
        attempts: How often it was sent; more than once where nobody was there to take it.
    """

    status: int | None
    error: str | None
    seconds: float
    excerpt: str
    attempts: int

    @property
    def taken(self) -> bool:
        """Whether the receiver said 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def words(self) -> str:
        """In a few words."""
        answer = self.error if self.status is None else f"{self.status}"
        again = f", {self.attempts} attempts" if self.attempts > 1 else ""
        return f"{answer} in {self.seconds * 1000:.0f} ms{again}" + (f": {self.excerpt}" if self.excerpt else "")


class Receiver:
    """An HTTP receiver of webhooks.

    Where it cannot be connected to, since it is being restarted, it is tried again for `patience` seconds; everything
    else is told as it is, and an event is sent once.
    """

    def __init__(self, url: str, secret: str, *, timeout: float, patience: float, verify: bool = True) -> None:
        self.url = url
        self._secret = secret
        self._patience = patience
        self._client = httpx.Client(timeout=timeout, verify=verify, trust_env=False, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, event: Document) -> Delivery:
        """Send an event, freshly signed each time."""
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        begun = time.monotonic()
        attempts = 0
        pause = 0.1
        while True:
            attempts += 1
            sent = time.monotonic()
            try:
                answer = self._client.post(self.url, content=body, headers=self._headers(event, body))
            except httpx.ConnectError:
                if time.monotonic() - begun < self._patience:
                    time.sleep(pause)
                    pause = min(pause * 2, 1.0)
                    continue
                return Delivery(None, "nobody listens there", time.monotonic() - sent, "", attempts)
            except httpx.TimeoutException:
                return Delivery(None, "no answer in time", time.monotonic() - sent, "", attempts)
            except httpx.HTTPError as error:
                return Delivery(None, type(error).__name__, time.monotonic() - sent, "", attempts)
            excerpt = "" if answer.is_success else answer.text[:_EXCERPT]
            return Delivery(answer.status_code, None, time.monotonic() - sent, excerpt, attempts)

    def _headers(self, event: Document, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": f"molam-cli/{__version__}",
            "Molam-Signature": generate_signature(body, self._secret),
            "webhook-id": str(event["id"]),
        }


def receiver_url(given: str) -> str:
    """The URL of `localhost:8000/webhooks`, `8000/webhooks` or a URL; a usage error for anything else."""
    text = given.strip()
    if re.fullmatch(r"[0-9]{1,5}(/.*)?", text):
        text = f"localhost:{text}"
    if "://" not in text:
        text = f"http://{text}"
    try:
        url = httpx.URL(text)
        usable = url.scheme in ("http", "https") and _HOST.fullmatch(url.host) is not None and not url.userinfo
    except httpx.InvalidURL:
        usable = False
    if not usable:
        raise typer.BadParameter(f"{given!r} is no address such as localhost:8000/webhooks", param_hint="--forward-to")
    return text
