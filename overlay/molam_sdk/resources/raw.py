# Written by scripts/sync_half from aio/raw.py; edit that file.
"""The resources in raw mode: the same methods, typed to return the answer behind the object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from molam_sdk._calls.raw import raw
from molam_sdk._calls.raw_lists import raw_list

if TYPE_CHECKING:
    from molam_sdk._calls.caller import RawCaller
    from molam_sdk.resources.account import AccountResource
    from molam_sdk.resources.audit_logs import AuditLogs
    from molam_sdk.resources.balance import BalanceResource
    from molam_sdk.resources.charges import Charges
    from molam_sdk.resources.events import Events
    from molam_sdk.resources.merchant_onboardings import MerchantOnboardings
    from molam_sdk.resources.payment_intents import PaymentIntents
    from molam_sdk.resources.payouts import Payouts
    from molam_sdk.resources.raw_gateway import RawGateway
    from molam_sdk.resources.refunds import Refunds
    from molam_sdk.resources.sandbox import Sandbox
    from molam_sdk.resources.webhook_deliveries import WebhookDeliveries
    from molam_sdk.resources.webhook_endpoints import WebhookEndpoints


class RawClient:
    """What `client.with_raw_response` is."""

    def __init__(self, caller: RawCaller) -> None:
        self._caller = caller

    @cached_property
    def payment_intents(self) -> RawPaymentIntents:
        """Payments, from the first idea to captured money."""
        from molam_sdk.resources.payment_intents import PaymentIntents

        return RawPaymentIntents(PaymentIntents(self._caller))

    @cached_property
    def charges(self) -> RawCharges:
        """The attempts to collect a payment."""
        from molam_sdk.resources.charges import Charges

        return RawCharges(Charges(self._caller))

    @cached_property
    def refunds(self) -> RawRefunds:
        """Money given back."""
        from molam_sdk.resources.refunds import Refunds

        return RawRefunds(Refunds(self._caller))

    @cached_property
    def payouts(self) -> RawPayouts:
        """Money sent out."""
        from molam_sdk.resources.payouts import Payouts

        return RawPayouts(Payouts(self._caller))

    @cached_property
    def balance(self) -> RawBalanceResource:
        """What there is to pay out."""
        from molam_sdk.resources.balance import BalanceResource

        return RawBalanceResource(BalanceResource(self._caller))

    @cached_property
    def merchant_onboardings(self) -> RawMerchantOnboardings:
        """Merchants of a platform, on their way to being paid."""
        from molam_sdk.resources.merchant_onboardings import MerchantOnboardings

        return RawMerchantOnboardings(MerchantOnboardings(self._caller))

    @cached_property
    def webhook_endpoints(self) -> RawWebhookEndpoints:
        """Where events are delivered."""
        from molam_sdk.resources.webhook_endpoints import WebhookEndpoints

        return RawWebhookEndpoints(WebhookEndpoints(self._caller))

    @cached_property
    def webhook_deliveries(self) -> RawWebhookDeliveries:
        """What became of sending events to endpoints."""
        from molam_sdk.resources.webhook_deliveries import WebhookDeliveries

        return RawWebhookDeliveries(WebhookDeliveries(self._caller))

    @cached_property
    def events(self) -> RawEvents:
        """What happened."""
        from molam_sdk.resources.events import Events

        return RawEvents(Events(self._caller))

    @cached_property
    def account(self) -> RawAccountResource:
        """The account that the key belongs to."""
        from molam_sdk.resources.account import AccountResource

        return RawAccountResource(AccountResource(self._caller))

    @cached_property
    def audit_logs(self) -> RawAuditLogs:
        """Who changed what, when and from where."""
        from molam_sdk.resources.audit_logs import AuditLogs

        return RawAuditLogs(AuditLogs(self._caller))

    @cached_property
    def sandbox(self) -> RawSandbox:
        """Clock, faults and ledger of the sandbox."""
        from molam_sdk.resources.sandbox import Sandbox

        return RawSandbox(Sandbox(self._caller))

    @cached_property
    def gateway(self) -> RawGateway:
        """The façade of the gateway: payments in major units, providers, health and figures."""
        from molam_sdk.resources.raw_gateway import RawGateway

        return RawGateway(self._caller)


class RawPaymentIntents:
    """Raw-mode methods of payment_intents."""

    def __init__(self, resource: PaymentIntents) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)
        self.confirm = raw(resource.confirm)
        self.capture = raw(resource.capture)
        self.cancel = raw(resource.cancel)
        self.list = raw_list(resource.list)


class RawCharges:
    """Raw-mode methods of charges."""

    def __init__(self, resource: Charges) -> None:
        self.retrieve = raw(resource.retrieve)
        self.list = raw_list(resource.list)


class RawRefunds:
    """Raw-mode methods of refunds."""

    def __init__(self, resource: Refunds) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)
        self.list = raw_list(resource.list)


class RawPayouts:
    """Raw-mode methods of payouts."""

    def __init__(self, resource: Payouts) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)
        self.cancel = raw(resource.cancel)
        self.list = raw_list(resource.list)


class RawBalanceResource:
    """Raw-mode methods of balance."""

    def __init__(self, resource: BalanceResource) -> None:
        self.retrieve = raw(resource.retrieve)


class RawMerchantOnboardings:
    """Raw-mode methods of merchant_onboardings."""

    def __init__(self, resource: MerchantOnboardings) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)
        self.submit = raw(resource.submit)


class RawWebhookEndpoints:
    """Raw-mode methods of webhook_endpoints."""

    def __init__(self, resource: WebhookEndpoints) -> None:
        self.create = raw(resource.create)
        self.retrieve = raw(resource.retrieve)
        self.update = raw(resource.update)
        self.delete = raw(resource.delete)
        self.rotate_secret = raw(resource.rotate_secret)
        self.test = raw(resource.test)
        self.list = raw_list(resource.list)


class RawWebhookDeliveries:
    """Raw-mode methods of webhook_deliveries."""

    def __init__(self, resource: WebhookDeliveries) -> None:
        self.retrieve = raw(resource.retrieve)
        self.redrive = raw(resource.redrive)
        self.redrive_many = raw(resource.redrive_many)
        self.list = raw_list(resource.list)


class RawEvents:
    """Raw-mode methods of events."""

    def __init__(self, resource: Events) -> None:
        self.retrieve = raw(resource.retrieve)
        self.list = raw_list(resource.list)


class RawAccountResource:
    """Raw-mode methods of account."""

    def __init__(self, resource: AccountResource) -> None:
        self.retrieve = raw(resource.retrieve)


class RawAuditLogs:
    """Raw-mode methods of audit_logs."""

    def __init__(self, resource: AuditLogs) -> None:
        self.verify = raw(resource.verify)
        self.list = raw_list(resource.list)


class RawSandbox:
    """Raw-mode methods of sandbox."""

    def __init__(self, resource: Sandbox) -> None:
        self.advance_clock = raw(resource.advance_clock)
        self.inject_fault = raw(resource.inject_fault)
        self.trigger_event = raw(resource.trigger_event)
        self.retrieve_ledger = raw(resource.retrieve_ledger)
