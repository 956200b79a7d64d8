# Written by scripts/sync_half from aio/gateway_payments.py; edit that file.
"""Payments through the façade: in one call and in major units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import front_door
from molam_sdk.money import resolve_major
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import CustomerRequest, Payment, PaymentDetails, PaymentRefund
    from molam_sdk._calls.caller import Caller
    from molam_sdk._calls.pagination import Pages
    from molam_sdk.money import Money


class GatewayPayments:
    """Methods of `client.gateway.payments`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def initialize(
        self,
        *,
        provider: str,
        amount: str | Money,
        currency: str | None = None,
        payment_method: str | None = None,
        customer: CustomerRequest | Mapping[str, str | None] | None = None,
        customer_id: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, str] | None = None,
        return_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Payment:
        """Create a payment and send it to its provider in one step.

        Args:
            provider: Provider to use.
            amount: Major units of `currency` as text ("25.00"), or a Money; never a number.
            currency: ISO 4217 code; the configured `default_currency` without it.
            payment_method: Token of a payment method; never a card number.
            customer: phone, email and name of the customer.
            customer_id: Your id of the customer.
            description: Your description.
            metadata: Up to 50 strings of your own.
            return_url: Where the customer returns after a redirect.
            idempotency_key: Your key for this payment (an order number, say); made if there is none.

        Returns:
            The payment. It may be `processing`: the outcome is still open.

        Raises:
            ValidationError: For an argument that is not valid; nothing was sent or done.
            DeclinedError: If it was declined; `resource` names the payment.
            MolamError: As every call does; `outcome` says what is known.
        """
        from molam_api.api.gateway_payments import initialize_payment
        from molam_api.models import CustomerRequest, InitializePaymentRequest

        major, code = resolve_major(amount, currency, self._caller.config.default_currency)
        body = InitializePaymentRequest(
            provider=provider,
            amount=major,
            currency=code,
            payment_method=arguments.given(payment_method),
            customer=arguments.optional(CustomerRequest, customer, "customer"),
            customer_id=arguments.given(customer_id),
            description=arguments.given(description),
            metadata=arguments.metadata(metadata),
            return_url=arguments.given(return_url),
        )
        return self._caller.call(initialize_payment, body=body, idempotency_key=arguments.given(idempotency_key))

    @front_door
    def get(self, transaction_id: str) -> PaymentDetails:
        """Return a payment as it is now, with its `audit_trail`.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_payments import get_payment

        return self._caller.call(get_payment, transaction_id)

    @front_door
    def refund(
        self,
        transaction_id: str,
        *,
        amount: str | Money | None = None,
        currency: str | None = None,
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> PaymentRefund:
        """Give back money of a payment.

        Args:
            transaction_id: Id of the payment.
            amount: Major units as text ("4.00"), or a Money; everything that remains without it.
            currency: ISO 4217 code; another one than the payment's is refused. That of a Money is sent by itself.
            reason: Why, in your words.
            metadata: Up to 50 strings of your own.
            idempotency_key: Your key for this refund; made if there is none.

        Returns:
            The refund; it may still be `processing`.

        Raises:
            ConflictError: If it exceeds what was captured (`refund_exceeds_captured`), or nothing
                is left (`already_refunded`).
            MolamError: As every call does.
        """
        from molam_api.api.gateway_payments import refund_payment
        from molam_api.models import RefundPaymentRequest

        major, code = arguments.major_units(amount, currency)
        return self._caller.call(
            refund_payment,
            transaction_id,
            body=RefundPaymentRequest(
                amount=major,
                currency=code,
                reason=arguments.given(reason),
                metadata=arguments.metadata(metadata),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def verify(self, transaction_id: str, *, idempotency_key: str | None = None) -> Payment:
        """Have the provider asked now about what is open of a payment.

        Args:
            transaction_id: Id of the payment.
            idempotency_key: Your key for this question; made if there is none.

        Returns:
            The payment as it is then; what the provider does not know yet is still `processing`.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_payments import verify_payment

        return self._caller.call(verify_payment, transaction_id, idempotency_key=arguments.given(idempotency_key))

    @front_door
    def list(
        self,
        *,
        provider: str | None = None,
        status: str | None = None,
        customer_id: str | None = None,
        page: int | None = None,
        limit: int | None = None,
    ) -> Pages[Payment]:
        """List payments, newest first.

        A payment that arrives meanwhile moves one to the next page, where it comes again: `payment_intents.list`
        goes on after an object and never repeats any.

        Args:
            provider: Only those of this provider.
            status: Only those with this status.
            customer_id: Only those of this customer.
            page: Number of the page to begin with; the first, 1, without it.
            limit: Size of a page (1 to 100), never a total.

        Returns:
            All items of all pages from there on, fetched as they are needed; `page()` gives the first of them.
        """
        from molam_api.api.gateway_payments import list_payments
        from molam_api.models import PaymentStatus
        from molam_sdk._calls.pagination import Pages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_payments, **filters)

        return Pages(
            fetch,
            provider=provider,
            status=arguments.word(PaymentStatus, status, "status"),
            customer_id=customer_id,
            page=page,
            limit=limit,
        )
