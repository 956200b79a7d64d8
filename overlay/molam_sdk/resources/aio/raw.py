"""The resources in raw mode: the same methods, typed to return the answer behind the object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from molam_sdk._calls.raw import raw_async
from molam_sdk._calls.raw_lists import raw_list_async

if TYPE_CHECKING:
    from molam_sdk._calls.async_caller import AsyncRawCaller
    from molam_sdk.resources.aio.account import AsyncAccountResource
    from molam_sdk.resources.aio.audit_logs import AsyncAuditLogs
    from molam_sdk.resources.aio.balance import AsyncBalanceResource
    from molam_sdk.resources.aio.charges import AsyncCharges
    from molam_sdk.resources.aio.events import AsyncEvents
    from molam_sdk.resources.aio.merchant_onboardings import AsyncMerchantOnboardings
    from molam_sdk.resources.aio.payment_intents import AsyncPaymentIntents
    from molam_sdk.resources.aio.payouts import AsyncPayouts
    from molam_sdk.resources.aio.raw_gateway import AsyncRawGateway
    from molam_sdk.resources.aio.refunds import AsyncRefunds
    from molam_sdk.resources.aio.sandbox import AsyncSandbox
    from molam_sdk.resources.aio.webhook_deliveries import AsyncWebhookDeliveries
    from molam_sdk.resources.aio.webhook_endpoints import AsyncWebhookEndpoints


class AsyncRawClient:
    """What `client.with_raw_response` is."""

    def __init__(self, caller: AsyncRawCaller) -> None:
        self._caller = caller

    @cached_property
    def payment_intents(self) -> AsyncRawPaymentIntents:
        """Payments, from the first idea to captured money."""
        from molam_sdk.resources.aio.payment_intents import AsyncPaymentIntents

        return AsyncRawPaymentIntents(AsyncPaymentIntents(self._caller))

    @cached_property
    def charges(self) -> AsyncRawCharges:
        """The attempts to collect a payment."""
        from molam_sdk.resources.aio.charges import AsyncCharges

        return AsyncRawCharges(AsyncCharges(self._caller))

    @cached_property
    def refunds(self) -> AsyncRawRefunds:
        """Money given back."""
        from molam_sdk.resources.aio.refunds import AsyncRefunds

        return AsyncRawRefunds(AsyncRefunds(self._caller))

    @cached_property
    def payouts(self) -> AsyncRawPayouts:
        """Money sent out."""
        from molam_sdk.resources.aio.payouts import AsyncPayouts

        return AsyncRawPayouts(AsyncPayouts(self._caller))

    @cached_property
    def balance(self) -> AsyncRawBalanceResource:
        """What there is to pay out."""
        from molam_sdk.resources.aio.balance import AsyncBalanceResource

        return AsyncRawBalanceResource(AsyncBalanceResource(self._caller))

    @cached_property
    def merchant_onboardings(self) -> AsyncRawMerchantOnboardings:
        """Merchants of a platform, on their way to being paid."""
        from molam_sdk.resources.aio.merchant_onboardings import AsyncMerchantOnboardings

        return AsyncRawMerchantOnboardings(AsyncMerchantOnboardings(self._caller))

    @cached_property
    def webhook_endpoints(self) -> AsyncRawWebhookEndpoints:
        """Where events are delivered."""
        from molam_sdk.resources.aio.webhook_endpoints import AsyncWebhookEndpoints

        return AsyncRawWebhookEndpoints(AsyncWebhookEndpoints(self._caller))

    @cached_property
    def webhook_deliveries(self) -> AsyncRawWebhookDeliveries:
        """What became of sending events to endpoints."""
        from molam_sdk.resources.aio.webhook_deliveries import AsyncWebhookDeliveries

        return AsyncRawWebhookDeliveries(AsyncWebhookDeliveries(self._caller))

    @cached_property
    def events(self) -> AsyncRawEvents:
        """What happened."""
        from molam_sdk.resources.aio.events import AsyncEvents

        return AsyncRawEvents(AsyncEvents(self._caller))

    @cached_property
    def account(self) -> AsyncRawAccountResource:
        """The account that the key belongs to."""
        from molam_sdk.resources.aio.account import AsyncAccountResource

        return AsyncRawAccountResource(AsyncAccountResource(self._caller))

    @cached_property
    def audit_logs(self) -> AsyncRawAuditLogs:
        """Who changed what, when and from where."""
        from molam_sdk.resources.aio.audit_logs import AsyncAuditLogs

        return AsyncRawAuditLogs(AsyncAuditLogs(self._caller))

    @cached_property
    def sandbox(self) -> AsyncRawSandbox:
        """Clock, faults and ledger of the sandbox."""
        from molam_sdk.resources.aio.sandbox import AsyncSandbox

        return AsyncRawSandbox(AsyncSandbox(self._caller))

    @cached_property
    def gateway(self) -> AsyncRawGateway:
        """The façade of the gateway: payments in major units, providers, health and figures."""
        from molam_sdk.resources.aio.raw_gateway import AsyncRawGateway

        return AsyncRawGateway(self._caller)


class AsyncRawPaymentIntents:
    """Raw-mode methods of payment_intents."""

    def __init__(self, resource: AsyncPaymentIntents) -> None:
        self.create = raw_async(resource.create)
        self.retrieve = raw_async(resource.retrieve)
        self.confirm = raw_async(resource.confirm)
        self.capture = raw_async(resource.capture)
        self.cancel = raw_async(resource.cancel)
        self.list = raw_list_async(resource.list)


class AsyncRawCharges:
    """Raw-mode methods of charges."""

    def __init__(self, resource: AsyncCharges) -> None:
        self.retrieve = raw_async(resource.retrieve)
        self.list = raw_list_async(resource.list)


class AsyncRawRefunds:
    """Raw-mode methods of refunds."""

    def __init__(self, resource: AsyncRefunds) -> None:
        self.create = raw_async(resource.create)
        self.retrieve = raw_async(resource.retrieve)
        self.list = raw_list_async(resource.list)


class AsyncRawPayouts:
    """Raw-mode methods of payouts."""

    def __init__(self, resource: AsyncPayouts) -> None:
        self.create = raw_async(resource.create)
        self.retrieve = raw_async(resource.retrieve)
        self.cancel = raw_async(resource.cancel)
        self.list = raw_list_async(resource.list)


class AsyncRawBalanceResource:
    """Raw-mode methods of balance."""

    def __init__(self, resource: AsyncBalanceResource) -> None:
        self.retrieve = raw_async(resource.retrieve)


class AsyncRawMerchantOnboardings:
    """Raw-mode methods of merchant_onboardings."""

    def __init__(self, resource: AsyncMerchantOnboardings) -> None:
        self.create = raw_async(resource.create)
        self.retrieve = raw_async(resource.retrieve)
        self.submit = raw_async(resource.submit)


class AsyncRawWebhookEndpoints:
    """Raw-mode methods of webhook_endpoints."""

    def __init__(self, resource: AsyncWebhookEndpoints) -> None:
        self.create = raw_async(resource.create)
        self.retrieve = raw_async(resource.retrieve)
        self.update = raw_async(resource.update)
        self.delete = raw_async(resource.delete)
        self.rotate_secret = raw_async(resource.rotate_secret)
        self.test = raw_async(resource.test)
        self.list = raw_list_async(resource.list)


class AsyncRawWebhookDeliveries:
    """Raw-mode methods of webhook_deliveries."""

    def __init__(self, resource: AsyncWebhookDeliveries) -> None:
        self.retrieve = raw_async(resource.retrieve)
        self.redrive = raw_async(resource.redrive)
        self.redrive_many = raw_async(resource.redrive_many)
        self.list = raw_list_async(resource.list)


class AsyncRawEvents:
    """Raw-mode methods of events."""

    def __init__(self, resource: AsyncEvents) -> None:
        self.retrieve = raw_async(resource.retrieve)
        self.list = raw_list_async(resource.list)


class AsyncRawAccountResource:
    """Raw-mode methods of account."""

    def __init__(self, resource: AsyncAccountResource) -> None:
        self.retrieve = raw_async(resource.retrieve)


class AsyncRawAuditLogs:
    """Raw-mode methods of audit_logs."""

    def __init__(self, resource: AsyncAuditLogs) -> None:
        self.verify = raw_async(resource.verify)
        self.list = raw_list_async(resource.list)


class AsyncRawSandbox:
    """Raw-mode methods of sandbox."""

    def __init__(self, resource: AsyncSandbox) -> None:
        self.advance_clock = raw_async(resource.advance_clock)
        self.inject_fault = raw_async(resource.inject_fault)
        self.trigger_event = raw_async(resource.trigger_event)
        self.retrieve_ledger = raw_async(resource.retrieve_ledger)
