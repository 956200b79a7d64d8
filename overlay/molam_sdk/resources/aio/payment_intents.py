"""Payments, from the first idea to captured money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.money import resolve_amount
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from molam_api.models import CustomerRequest, PaymentIntent
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages
    from molam_sdk.money import Money


class AsyncPaymentIntents:
    """Methods of `client.payment_intents`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def create(
        self,
        *,
        amount: int | Money,
        currency: str | None = None,
        confirm: bool | None = None,
        capture_method: str | None = None,
        payment_method: str | None = None,
        provider: str | None = None,
        customer: CustomerRequest | Mapping[str, str | None] | None = None,
        customer_id: str | None = None,
        merchant_id: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
        return_url: str | None = None,
        cancel_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> PaymentIntent:
        """Create a payment.

        Args:
            amount: Minor units of `currency` (2500 is 25.00 USD), or a Money.
            currency: ISO 4217 code; the configured `default_currency` without it.
            confirm: Confirm in the same call; needs `payment_method`.
            capture_method: `automatic` (the default) or `manual`.
            payment_method: Token of a payment method; never a card number.
            provider: Provider to use; chosen for you without it.
            customer: phone, email and name of the customer.
            customer_id: Your id of the customer.
            merchant_id: Merchant that the payment is for, on a platform.
            description: Your description.
            metadata: Up to 50 strings of your own.
            return_url: Where the customer returns after a redirect.
            cancel_url: Where the customer returns after giving up.
            idempotency_key: Your key for this payment (an order number, say); made if there is none.

        Returns:
            The payment intent. With `confirm` it may be `processing`: the outcome is still open.

        Raises:
            ValidationError: For an argument that is not valid; nothing was sent or done.
            DeclinedError: If it was confirmed and declined; `resource` names the intent.
            MolamError: As every call does; `outcome` says what is known.
        """
        from molam_api.api.payment_intents import create_payment_intent
        from molam_api.models import CaptureMethod, CreatePaymentIntentRequest, CustomerRequest

        minor, code = resolve_amount(amount, currency, self._caller.config.default_currency)
        body = CreatePaymentIntentRequest(
            amount=minor,
            currency=code,
            confirm=arguments.flag(confirm, "confirm"),
            capture_method=arguments.word(CaptureMethod, capture_method, "capture_method"),
            payment_method=arguments.given(payment_method),
            provider=arguments.given(provider),
            customer=arguments.optional(CustomerRequest, customer, "customer"),
            customer_id=arguments.given(customer_id),
            merchant_id=arguments.given(merchant_id),
            description=arguments.given(description),
            metadata=arguments.metadata(metadata),
            return_url=arguments.given(return_url),
            cancel_url=arguments.given(cancel_url),
        )
        return await self._caller.call(
            create_payment_intent, body=body, idempotency_key=arguments.given(idempotency_key)
        )

    @async_front_door
    async def retrieve(self, payment_intent_id: str) -> PaymentIntent:
        """Return a payment intent as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.payment_intents import retrieve_payment_intent

        return await self._caller.call(retrieve_payment_intent, payment_intent_id)

    @async_front_door
    async def confirm(
        self,
        payment_intent_id: str,
        *,
        payment_method: str | None = None,
        return_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> PaymentIntent:
        """Confirm a payment: collect the money, or authorize it with manual capture.

        Args:
            payment_intent_id: Id of the intent.
            payment_method: Token of a payment method; the intent's own without it.
            return_url: Where the customer returns after a redirect; the intent's own without it.
            idempotency_key: Your key for this confirmation; made if there is none.

        Raises:
            DeclinedError: If the payment is declined; confirm again with another payment method.
            ConflictError: If the intent's state does not allow it.
            MolamError: As every call does.
        """
        from molam_api.api.payment_intents import confirm_payment_intent
        from molam_api.models import ConfirmPaymentIntentRequest

        return await self._caller.call(
            confirm_payment_intent,
            payment_intent_id,
            body=ConfirmPaymentIntentRequest(
                payment_method=arguments.given(payment_method),
                return_url=arguments.given(return_url),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def capture(
        self,
        payment_intent_id: str,
        *,
        amount_to_capture: int | None = None,
        idempotency_key: str | None = None,
    ) -> PaymentIntent:
        """Capture an authorized payment.

        Args:
            payment_intent_id: Id of the intent.
            amount_to_capture: Minor units; everything without it. The rest is released.
            idempotency_key: Your key for this capture; made if there is none.

        Raises:
            ValidationError: If more is asked for than is capturable.
            ConflictError: If there is nothing to capture.
            MolamError: As every call does.
        """
        from molam_api.api.payment_intents import capture_payment_intent
        from molam_api.models import CapturePaymentIntentRequest

        return await self._caller.call(
            capture_payment_intent,
            payment_intent_id,
            body=CapturePaymentIntentRequest(
                amount_to_capture=arguments.minor_units(amount_to_capture, "amount_to_capture"),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def cancel(
        self,
        payment_intent_id: str,
        *,
        cancellation_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> PaymentIntent:
        """Cancel a payment that is not final.

        Args:
            payment_intent_id: Id of the intent.
            cancellation_reason: Why.
            idempotency_key: Your key for this cancellation; made if there is none.

        Raises:
            ConflictError: If it is final, or an attempt is in doubt (`payment_in_flight`).
            MolamError: As every call does.
        """
        from molam_api.api.payment_intents import cancel_payment_intent
        from molam_api.models import CancelPaymentIntentRequest

        return await self._caller.call(
            cancel_payment_intent,
            payment_intent_id,
            body=CancelPaymentIntentRequest(
                cancellation_reason=arguments.given(cancellation_reason),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def list(
        self,
        *,
        status: str | None = None,
        customer_id: str | None = None,
        provider: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> AsyncPages[PaymentIntent]:
        """List payment intents, newest first.

        Args:
            status: Only those with this status.
            customer_id: Only those of this customer.
            provider: Only those of this provider.
            limit: Size of a page (1 to 100), never a total.
            starting_after: Only those after this cursor.
            ending_before: Only those before this cursor.
            created_at_gte: Only those created at or after this time.
            created_at_lte: Only those created at or before this time.

        Returns:
            All items of all pages, fetched as they are needed; `page()` gives the first page.

        Raises:
            ValidationError: For a time without zone, or both cursors.
        """
        from molam_api.api.payment_intents import list_payment_intents
        from molam_api.models import PaymentIntentStatus
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_payment_intents, **filters)

        return AsyncPages(
            fetch,
            status=arguments.word(PaymentIntentStatus, status, "status"),
            customer_id=customer_id,
            provider=provider,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
