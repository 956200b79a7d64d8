"""What is counted, whoever counts."""

from typing import Protocol


class Meter(Protocol):
    """Takes figures as they come; nothing waits and nothing fails. Times are seconds.

    Words come from closed sets: operationIds, names of providers, outcomes. None is an id or names an account.
    """

    def request_began(self) -> None:
        """A request is in flight."""
        ...

    def request_ended(self, operation: str, status: int, took: float, *, replayed: bool) -> None:
        """A request was answered; `status` is 499 if its caller was gone."""
        ...

    def provider_called(self, provider: str, call: str, outcome: str, took: float) -> None:
        """A provider was asked (`send`, `query`) and this came of it."""
        ...

    def provider_message_refused(self, provider: str, code: str) -> None:
        """A provider's webhook or callback was refused, or what claims to be one."""
        ...

    def attempt_concluded(self, provider: str, state: str) -> None:
        """An attempt has another state."""
        ...

    def webhook_attempted(self, result: str, took: float) -> None:
        """A receiver was sent an event."""
        ...

    def webhook_delivered(self, latency: float) -> None:
        """A receiver took an event, this long after it happened on the business clock."""
        ...

    def job_ran(self, kind: str, result: str, took: float) -> None:
        """A job was run: `done`, `again` or `failed`."""
        ...

    def websocket_opened(self, channel: str) -> None:
        """A WebSocket of a channel (`transaction`, `user`, `events`) is open."""
        ...

    def websocket_closed(self, channel: str, code: int) -> None:
        """An open one was closed with this code."""
        ...


class NoMeter:
    """Counts nothing."""

    def request_began(self) -> None:
        """Nothing."""

    def request_ended(self, operation: str, status: int, took: float, *, replayed: bool) -> None:
        """Nothing."""

    def provider_called(self, provider: str, call: str, outcome: str, took: float) -> None:
        """Nothing."""

    def provider_message_refused(self, provider: str, code: str) -> None:
        """Nothing."""

    def attempt_concluded(self, provider: str, state: str) -> None:
        """Nothing."""

    def webhook_attempted(self, result: str, took: float) -> None:
        """Nothing."""

    def webhook_delivered(self, latency: float) -> None:
        """Nothing."""

    def job_ran(self, kind: str, result: str, took: float) -> None:
        """Nothing."""

    def websocket_opened(self, channel: str) -> None:
        """Nothing."""

    def websocket_closed(self, channel: str, code: int) -> None:
        """Nothing."""
