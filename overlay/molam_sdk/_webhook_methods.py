"""Webhook verification with the client's own secret; plain functions on both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._front_door import front_door

if TYPE_CHECKING:
    from molam_api.models import Event

    from ._webhooks.signature import Header, RawBody, Secret


class WebhookMethods:
    """What both clients offer for webhooks; neither sends anything."""

    config: Any

    @front_door
    def verify_webhook_signature(
        self,
        signature_header: Header,
        raw_body: RawBody,
        secret: Secret | None = None,
        *,
        tolerance: float = 300.0,
        now: float | None = None,
    ) -> None:
        """Return if the header proves that Molam sent these bytes lately, else raise.

        Args:
            signature_header: Value of the `Molam-Signature` header.
            raw_body: The request's body as received.
            secret: Signing secret; the configured `webhook_secret` without it.
            tolerance: Seconds by which the timestamp may differ from now, in both directions.
            now: Current Unix time in seconds; the system's clock without it.

        Raises:
            SignatureError: For everything that is not proven authentic.
            ConfigurationError: If no secret is known, its function returns none, or the tolerance is none.
        """
        from .webhooks import verify_signature

        verify_signature(signature_header, raw_body, self._webhook_secret(secret), tolerance=tolerance, now=now)

    @front_door
    def construct_event(
        self,
        signature_header: Header,
        raw_body: RawBody,
        secret: Secret | None = None,
        *,
        tolerance: float = 300.0,
        now: float | None = None,
    ) -> Event:
        """Return the event in a webhook after its signature was verified.

        Args:
            signature_header: Value of the `Molam-Signature` header.
            raw_body: The request's body as received.
            secret: Signing secret; the configured `webhook_secret` without it.
            tolerance: Seconds by which the timestamp may differ from now, in both directions.
            now: Current Unix time in seconds; the system's clock without it.

        Raises:
            SignatureError: For everything that is not proven authentic.
            UnexpectedResponseError: For an authentic body that is not an event.
            ConfigurationError: If no secret is known, its function returns none, or the tolerance is none.
        """
        from .webhooks import construct_event

        return construct_event(signature_header, raw_body, self._webhook_secret(secret), tolerance=tolerance, now=now)

    def _webhook_secret(self, secret: Secret | None) -> Secret:
        if secret is not None:
            return secret
        configured: Secret | None = self.config.webhook_secret
        if configured is None:
            from .errors import ConfigurationError

            raise ConfigurationError(
                "no webhook secret is known: pass secret=, configure webhook_secret= or set MOLAM_WEBHOOK_SECRET"
            )
        return configured
