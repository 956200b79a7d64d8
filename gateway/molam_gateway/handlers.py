"""Every operation of the spec with the function that carries it out."""

from collections.abc import Mapping

from .access.keyring import Keyring
from .http.router import Handler
from .operations import (
    account,
    audit_logs,
    balance,
    charges,
    events,
    facade,
    merchant_onboardings,
    payment_intents,
    payouts,
    provider_configurations,
    realtime_tickets,
    refunds,
    sandbox_ledger,
    sandbox_trigger,
    webhook_deliveries,
    webhook_endpoints,
)
from .operations.sandbox_clock import Advancer, SandboxClock
from .operations.sandbox_faults import FaultInjection
from .operations.tokens import TokenOperations


def handlers(worker: Advancer, keyring: Keyring) -> Mapping[str, Handler]:
    """The functions by their operationIds, which are their names."""
    tokens = TokenOperations(keyring)
    functions: tuple[Handler, ...] = (
        payment_intents.create_payment_intent,
        payment_intents.list_payment_intents,
        payment_intents.retrieve_payment_intent,
        payment_intents.confirm_payment_intent,
        payment_intents.capture_payment_intent,
        payment_intents.cancel_payment_intent,
        charges.list_charges,
        charges.retrieve_charge,
        refunds.create_refund,
        refunds.list_refunds,
        refunds.retrieve_refund,
        payouts.create_payout,
        payouts.list_payouts,
        payouts.retrieve_payout,
        payouts.cancel_payout,
        balance.retrieve_balance,
        merchant_onboardings.create_merchant_onboarding,
        merchant_onboardings.retrieve_merchant_onboarding,
        merchant_onboardings.submit_merchant_onboarding,
        webhook_endpoints.create_webhook_endpoint,
        webhook_endpoints.list_webhook_endpoints,
        webhook_endpoints.retrieve_webhook_endpoint,
        webhook_endpoints.update_webhook_endpoint,
        webhook_endpoints.delete_webhook_endpoint,
        webhook_endpoints.rotate_webhook_secret,
        webhook_endpoints.test_webhook_endpoint,
        webhook_deliveries.list_webhook_deliveries,
        webhook_deliveries.redrive_webhook_deliveries,
        webhook_deliveries.retrieve_webhook_delivery,
        webhook_deliveries.redrive_webhook_delivery,
        events.list_events,
        events.retrieve_event,
        account.retrieve_account,
        audit_logs.list_audit_logs,
        audit_logs.verify_audit_log,
        SandboxClock(worker).advance_clock,
        FaultInjection(lambda: bound).inject_fault,
        sandbox_trigger.trigger_event,
        sandbox_ledger.retrieve_sandbox_ledger,
        facade.initialize_payment,
        facade.list_payments,
        facade.get_payment,
        facade.refund_payment,
        facade.verify_payment,
        facade.list_providers,
        facade.retrieve_provider,
        provider_configurations.retrieve_provider_configuration,
        provider_configurations.configure_provider,
        provider_configurations.test_provider,
        facade.get_health,
        facade.get_liveness,
        facade.get_readiness,
        facade.get_metrics,
        tokens.create_token,
        tokens.refresh_token,
        tokens.revoke_token,
        realtime_tickets.create_realtime_ticket,
    )
    bound = {function.__name__: function for function in functions}
    return bound
