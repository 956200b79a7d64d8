"""A call of every operation through the SDK that succeeds, with what it must come to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from molam_api.models import (
    Account,
    AuditLog,
    AuditVerification,
    Balance,
    Charge,
    DeletedWebhookEndpoint,
    Event,
    Health,
    LedgerMovementList,
    MerchantOnboarding,
    Metrics,
    Payment,
    PaymentIntent,
    PaymentRefund,
    Payout,
    Provider,
    RealtimeTicket,
    Refund,
    SandboxClock,
    SandboxFault,
    Token,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookRedrive,
)
from molam_sdk import MolamClient, Money

BENEFICIARY = {"type": "mobile_money", "network": "mpesa", "phone": "+254700001234", "name": "Amina Diallo"}


@dataclass(frozen=True)
class Stage:
    """The client, and the objects that calls need to be there already."""

    client: MolamClient
    receiver_url: str = field(default="http://127.0.0.1:9/hook")

    def paid(self) -> PaymentIntent:
        return self.client.payment_intents.create(
            amount=2500, currency="USD", payment_method="pm_cpay_ok", confirm=True
        )

    def open(self) -> PaymentIntent:
        return self.client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok")

    def held(self) -> PaymentIntent:
        return self.client.payment_intents.create(
            amount=2500, currency="USD", payment_method="pm_cpay_ok", confirm=True, capture_method="manual"
        )

    def charge_id(self) -> str:
        charge = self.paid().latest_charge
        assert charge is not None
        return charge

    def payout(self) -> Payout:
        self.paid()
        return self.client.payouts.create(amount=100, currency="USD", beneficiary=BENEFICIARY)

    def onboarding(self) -> MerchantOnboarding:
        return self.client.merchant_onboardings.create(
            business_name="Teranga Foods SARL", business_type="company", country="SN", email="owner@example.com"
        )

    def endpoint(self) -> WebhookEndpoint:
        return self.client.webhook_endpoints.create(url=self.receiver_url, enabled_events=["ping"])

    def status_with(self, token: str, path: str) -> int:
        """What a caller gets who reads this path with a token of their own."""
        answer = httpx.get(f"{self.client.config.api_base}{path}", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code

    def dead_letter(self) -> WebhookDelivery:
        """A delivery whose only repetition found nobody either."""
        endpoint = self.client.webhook_endpoints.create(
            url="http://127.0.0.1:9/hook", enabled_events=["ping"], retry_schedule=[1]
        )
        self.client.webhook_endpoints.test(endpoint.id)
        self.client.sandbox.advance_clock(seconds=60)
        return self.client.webhook_deliveries.list(endpoint_id=endpoint.id).page().data[0]


def created(stage: Stage) -> None:
    intent = stage.client.payment_intents.create(amount=2500, currency="usd", metadata={"order_id": "12345"})
    assert isinstance(intent, PaymentIntent)
    assert (intent.amount, intent.currency, intent.status) == (2500, "USD", "requires_payment_method")
    assert dict(intent.metadata.items()) == {"order_id": "12345"}


def intents_listed(stage: Stage) -> None:
    newest = stage.open()
    page = stage.client.payment_intents.list(limit=1).page()
    assert [intent.id for intent in page.data] == [newest.id]


def intent_retrieved(stage: Stage) -> None:
    intent = stage.paid()
    assert stage.client.payment_intents.retrieve(intent.id) == intent


def confirmed(stage: Stage) -> None:
    intent = stage.client.payment_intents.confirm(stage.open().id)
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)


def captured(stage: Stage) -> None:
    held = stage.held()
    assert (held.status, held.amount_capturable) == ("requires_capture", 2500)
    intent = stage.client.payment_intents.capture(held.id, amount_to_capture=1500)
    assert (intent.status, intent.amount_received, intent.amount_capturable) == ("succeeded", 1500, 0)


def intent_canceled(stage: Stage) -> None:
    intent = stage.client.payment_intents.cancel(stage.open().id, cancellation_reason="abandoned")
    assert (intent.status, intent.cancellation_reason) == ("canceled", "abandoned")


def charges_listed(stage: Stage) -> None:
    intent = stage.paid()
    charges = list(stage.client.charges.list(payment_intent=intent.id))
    assert [charge.id for charge in charges] == [intent.latest_charge]


def charge_retrieved(stage: Stage) -> None:
    charge = stage.client.charges.retrieve(stage.charge_id())
    assert isinstance(charge, Charge)
    assert (charge.status, charge.amount_captured) == ("succeeded", 2500)


def refunded(stage: Stage) -> None:
    refund = stage.client.refunds.create(stage.charge_id(), amount=400, reason="requested_by_customer")
    assert isinstance(refund, Refund)
    assert (refund.status, refund.amount, refund.reason) == ("succeeded", 400, "requested_by_customer")


def refunds_listed(stage: Stage) -> None:
    intent = stage.paid()
    refund = stage.client.refunds.create(intent.id)
    assert [each.id for each in stage.client.refunds.list(payment_intent=intent.id)] == [refund.id]


def refund_retrieved(stage: Stage) -> None:
    refund = stage.client.refunds.create(stage.charge_id())
    assert stage.client.refunds.retrieve(refund.id) == refund


def paid_out(stage: Stage) -> None:
    payout = stage.payout()
    assert (payout.status, payout.amount, payout.beneficiary.last4) == ("pending", 100, "1234")


def payouts_listed(stage: Stage) -> None:
    newest = stage.payout()
    assert stage.client.payouts.list(limit=1).page().data[0].id == newest.id


def payout_retrieved(stage: Stage) -> None:
    payout = stage.payout()
    assert stage.client.payouts.retrieve(payout.id).id == payout.id


def payout_canceled(stage: Stage) -> None:
    payout = stage.client.payouts.cancel(stage.payout().id)
    assert payout.status == "canceled"


def balance_retrieved(stage: Stage) -> None:
    stage.paid()
    balance = stage.client.balance.retrieve()
    assert isinstance(balance, Balance)
    assert {each.currency: each.amount for each in balance.available}["USD"] >= 2500


def onboarding_created(stage: Stage) -> None:
    onboarding = stage.onboarding()
    assert (onboarding.status, onboarding.business_type) == ("pending", "company")


def onboarding_retrieved(stage: Stage) -> None:
    onboarding = stage.onboarding()
    assert stage.client.merchant_onboardings.retrieve(onboarding.id) == onboarding


def onboarding_submitted(stage: Stage) -> None:
    assert stage.client.merchant_onboardings.submit(stage.onboarding().id).status == "under_review"


def endpoint_created(stage: Stage) -> None:
    endpoint = stage.endpoint()
    assert endpoint.secret is not None
    assert endpoint.secret.startswith("whsec_")
    assert (endpoint.url, endpoint.enabled_events) == (stage.receiver_url, ["ping"])


def endpoints_listed(stage: Stage) -> None:
    newest = stage.endpoint()
    assert stage.client.webhook_endpoints.list(limit=1).page().data[0].id == newest.id


def endpoint_retrieved(stage: Stage) -> None:
    endpoint = stage.endpoint()
    found = stage.client.webhook_endpoints.retrieve(endpoint.id)
    assert (found.id, found.secret) == (endpoint.id, None)


def endpoint_updated(stage: Stage) -> None:
    endpoint = stage.client.webhook_endpoints.update(stage.endpoint().id, description="Shop", status="disabled")
    assert (endpoint.description, endpoint.status, endpoint.enabled_events) == ("Shop", "disabled", ["ping"])


def endpoint_deleted(stage: Stage) -> None:
    endpoint = stage.endpoint()
    deleted = stage.client.webhook_endpoints.delete(endpoint.id)
    assert isinstance(deleted, DeletedWebhookEndpoint)
    assert (deleted.id, deleted.deleted) == (endpoint.id, True)


def secret_rotated(stage: Stage) -> None:
    endpoint = stage.endpoint()
    rotated = stage.client.webhook_endpoints.rotate_secret(endpoint.id)
    assert rotated.secret not in (None, endpoint.secret)
    assert rotated.kid != endpoint.kid


def endpoint_tested(stage: Stage) -> None:
    endpoint = stage.endpoint()
    event = stage.client.webhook_endpoints.test(endpoint.id)
    assert isinstance(event, Event)
    assert (event.type_, event.livemode) == ("ping", False)


def deliveries_listed(stage: Stage) -> None:
    dead = stage.dead_letter()
    assert isinstance(dead, WebhookDelivery)
    assert (dead.status, dead.event_type, dead.attempts) == ("dead_letter", "ping", None)
    found = stage.client.webhook_deliveries.list(
        endpoint_id=dead.endpoint_id, event_id=dead.event_id, status="dead_letter"
    )
    assert [each.id for each in found] == [dead.id]


def delivery_retrieved(stage: Stage) -> None:
    delivery = stage.client.webhook_deliveries.retrieve(stage.dead_letter().id)
    assert delivery.attempts is not None
    assert [attempt.number for attempt in delivery.attempts] == [1, 2]
    assert all(attempt.error and attempt.status_code is None for attempt in delivery.attempts)


def delivery_redriven(stage: Stage) -> None:
    dead = stage.dead_letter()
    redriven = stage.client.webhook_deliveries.redrive(dead.id)
    assert (redriven.id, redriven.event_id, redriven.status) == (dead.id, dead.event_id, "pending")
    assert redriven.next_attempt_at is not None


def deliveries_redriven(stage: Stage) -> None:
    dead = stage.dead_letter()
    answer = stage.client.webhook_deliveries.redrive_many(
        endpoint_id=dead.endpoint_id, event_type="ping", created_at_lte=dead.created_at
    )
    assert isinstance(answer, WebhookRedrive)
    assert (answer.redriven, answer.has_more) == (1, False)


def events_listed(stage: Stage) -> None:
    intent = stage.paid()
    types = [event.type_ for event in stage.client.events.list(object_id=intent.id)]
    assert types[-1] == "payment_intent.created"
    assert "payment_intent.succeeded" in types


def event_retrieved(stage: Stage) -> None:
    intent = stage.paid()
    newest = stage.client.events.list(object_id=intent.id, type="payment_intent.succeeded").page().data[0]
    assert stage.client.events.retrieve(newest.id) == newest


def account_retrieved(stage: Stage) -> None:
    account = stage.client.account.retrieve()
    assert isinstance(account, Account)
    assert (account.object_, account.livemode) == ("account", False)


def audit_listed(stage: Stage) -> None:
    intent = stage.paid()
    entries = list(stage.client.audit_logs.list(resource_id=intent.id))
    assert all(isinstance(entry, AuditLog) for entry in entries)
    assert entries[-1].action == "create_payment_intent"
    assert {entry.actor.type_ for entry in entries} == {"api_key"}
    assert [entry.id for entry in stage.client.audit_logs.list(resource_id=intent.id, action="create_refund")] == []


def audit_verified(stage: Stage) -> None:
    stage.paid()
    verification = stage.client.audit_logs.verify()
    assert isinstance(verification, AuditVerification)
    assert (verification.verified, verification.first_break) == (True, None)
    assert verification.head is not None
    assert verification.head.sequence >= verification.entries > 0


def clock_advanced(stage: Stage) -> None:
    clock = stage.client.sandbox.advance_clock(seconds=1)
    assert isinstance(clock, SandboxClock)
    assert clock.object_ == "sandbox_clock"


def fault_injected(stage: Stage) -> None:
    fault = stage.client.sandbox.inject_fault(kind="delay", operation_id="retrieve_sandbox_ledger", delay_ms=10)
    assert isinstance(fault, SandboxFault)
    assert (fault.kind, fault.delay_ms, fault.times) == ("delay", 10, 1)


def event_triggered(stage: Stage) -> None:
    event = stage.client.sandbox.trigger_event(
        type="payment_intent.succeeded", overrides={"amount": 5000, "currency": "XOF"}
    )
    changed = event.data.object_.to_dict()
    assert (event.type_, changed["amount"], changed["currency"]) == ("payment_intent.succeeded", 5000, "XOF")


def ledger_retrieved(stage: Stage) -> None:
    intent = stage.paid()
    ledger = stage.client.sandbox.retrieve_ledger(payment_intent=intent.id)
    assert isinstance(ledger, LedgerMovementList)
    assert [(movement.kind, movement.amount) for movement in ledger.data] == [("charge", 2500)]


def payment_initialized(stage: Stage) -> None:
    payment = stage.client.gateway.payments.initialize(
        provider="cpay", amount="25.00", currency="usd", payment_method="pm_cpay_ok", metadata={"order_id": "12345"}
    )
    assert isinstance(payment, Payment)
    assert (payment.amount, payment.currency, payment.status) == ("25.00", "USD", "completed")
    intent = stage.client.payment_intents.retrieve(payment.transaction_id)
    assert (intent.amount, intent.status, dict(intent.metadata.items())) == (2500, "succeeded", {"order_id": "12345"})


def payments_listed(stage: Stage) -> None:
    newest = stage.open()
    page = stage.client.gateway.payments.list(limit=1, status="pending").page()
    assert [payment.transaction_id for payment in page.data] == [newest.id]


def payment_got(stage: Stage) -> None:
    intent = stage.paid()
    payment = stage.client.gateway.payments.get(intent.id)
    assert (payment.transaction_id, payment.amount, payment.status) == (intent.id, "25.00", "completed")
    assert (payment.audit_trail[0].action, payment.audit_trail[-1].status) == ("create_payment_intent", "completed")


def payment_refunded(stage: Stage) -> None:
    intent = stage.paid()
    refund = stage.client.gateway.payments.refund(intent.id, amount=Money.of("4.00", "USD"), reason="discount")
    assert isinstance(refund, PaymentRefund)
    assert (refund.transaction_id, refund.amount, refund.status) == (intent.id, "4.00", "completed")
    assert stage.client.refunds.retrieve(refund.id).amount == 400


def payment_verified(stage: Stage) -> None:
    payment = stage.client.gateway.payments.initialize(
        provider="cpay", amount=Money.minor(2500, "USD"), payment_method="pm_cpay_unknown_ok"
    )
    assert (payment.status, payment.status_reason) == ("processing", "provider_unknown")
    assert stage.client.gateway.payments.verify(payment.transaction_id).status == "completed"


def providers_listed(stage: Stage) -> None:
    names = [provider.name for provider in stage.client.gateway.providers.list(limit=1)]
    assert "cpay" in names
    assert names == sorted(names)


def provider_retrieved(stage: Stage) -> None:
    provider = stage.client.gateway.providers.retrieve("cpay")
    assert isinstance(provider, Provider)
    limits = {limit.currency: (limit.minimum, limit.step) for limit in provider.limits}
    assert (provider.enabled, limits["USD"], limits["JPY"]) == (True, ("0.01", "0.01"), ("1", "1"))


def provider_configured(stage: Stage) -> None:
    configuration = stage.client.gateway.providers.configure("stripe", enabled=True)
    assert (configuration.provider, configuration.enabled) == ("stripe", True)
    assert {setting.value for setting in configuration.settings if setting.secret} == {None}


def configuration_retrieved(stage: Stage) -> None:
    configured = stage.client.gateway.providers.configure("stripe", enabled=True)
    assert stage.client.gateway.providers.retrieve_configuration("stripe").id == configured.id


def provider_tested(stage: Stage) -> None:
    stage.client.gateway.providers.configure("stripe", enabled=True)
    assert stage.client.gateway.providers.test("stripe").succeeded


def health_got(stage: Stage) -> None:
    health = stage.client.gateway.health.get()
    assert isinstance(health, Health)
    assert {check.name for check in health.checks} >= {"database", "jobs"}


def liveness_got(stage: Stage) -> None:
    health = stage.client.gateway.health.live()
    assert (health.status, health.checks) == ("ok", [])


def readiness_got(stage: Stage) -> None:
    assert stage.client.gateway.health.ready().status == "ok"


def metrics_got(stage: Stage) -> None:
    before = _counts(stage.client.gateway.metrics.get())
    stage.paid()
    metrics = stage.client.gateway.metrics.get()
    assert _counts(metrics).get("completed", 0) == before.get("completed", 0) + 1
    assert metrics.process is not None
    assert (metrics.process.peak_memory_bytes or 0) > 1_000_000


def token_created(stage: Stage) -> None:
    token = stage.client.gateway.tokens.create(scopes=["payments:read"], expires_in=60)
    assert isinstance(token, Token)
    assert (token.scopes, token.customer_id, token.expires_in) == (["payments:read"], None, 60)
    assert stage.status_with(token.access_token, "/v1/connect/payment_intents") == 200
    of_customer = stage.client.gateway.tokens.create(customer_id="cus_1")
    assert (of_customer.scopes, of_customer.customer_id) == (["payments:read"], "cus_1")
    assert stage.status_with(of_customer.access_token, "/v1/connect/payment_intents") == 403
    assert stage.status_with(token.access_token, "/v1/events") == 403


def ticket_created(stage: Stage) -> None:
    intent = stage.paid()
    ticket = stage.client.gateway.tokens.create_ticket(channel=f"transaction/{intent.id}")
    assert isinstance(ticket, RealtimeTicket)
    assert (ticket.channel, ticket.expires_in) == (f"transaction/{intent.id}", 60)


def token_refreshed(stage: Stage) -> None:
    token = stage.client.gateway.tokens.create()
    following = stage.client.gateway.tokens.refresh(token.refresh_token)
    assert following.refresh_token != token.refresh_token
    assert following.scopes == token.scopes


def token_revoked(stage: Stage) -> None:
    token = stage.client.gateway.tokens.create()
    assert stage.client.gateway.tokens.revoke(token.access_token).revoked
    assert stage.status_with(token.access_token, "/v1/account") == 401


def _counts(metrics: Metrics) -> dict[str, int]:
    return {each.state: each.count for each in metrics.payments}


EXERCISES: Mapping[str, Callable[[Stage], None]] = {
    "create_payment_intent": created,
    "list_payment_intents": intents_listed,
    "retrieve_payment_intent": intent_retrieved,
    "confirm_payment_intent": confirmed,
    "capture_payment_intent": captured,
    "cancel_payment_intent": intent_canceled,
    "list_charges": charges_listed,
    "retrieve_charge": charge_retrieved,
    "create_refund": refunded,
    "list_refunds": refunds_listed,
    "retrieve_refund": refund_retrieved,
    "create_payout": paid_out,
    "list_payouts": payouts_listed,
    "retrieve_payout": payout_retrieved,
    "cancel_payout": payout_canceled,
    "retrieve_balance": balance_retrieved,
    "create_merchant_onboarding": onboarding_created,
    "retrieve_merchant_onboarding": onboarding_retrieved,
    "submit_merchant_onboarding": onboarding_submitted,
    "create_webhook_endpoint": endpoint_created,
    "list_webhook_endpoints": endpoints_listed,
    "retrieve_webhook_endpoint": endpoint_retrieved,
    "update_webhook_endpoint": endpoint_updated,
    "delete_webhook_endpoint": endpoint_deleted,
    "rotate_webhook_secret": secret_rotated,
    "test_webhook_endpoint": endpoint_tested,
    "list_webhook_deliveries": deliveries_listed,
    "retrieve_webhook_delivery": delivery_retrieved,
    "redrive_webhook_delivery": delivery_redriven,
    "redrive_webhook_deliveries": deliveries_redriven,
    "list_events": events_listed,
    "retrieve_event": event_retrieved,
    "retrieve_account": account_retrieved,
    "list_audit_logs": audit_listed,
    "verify_audit_log": audit_verified,
    "advance_clock": clock_advanced,
    "inject_fault": fault_injected,
    "trigger_event": event_triggered,
    "retrieve_sandbox_ledger": ledger_retrieved,
    "initialize_payment": payment_initialized,
    "list_payments": payments_listed,
    "get_payment": payment_got,
    "refund_payment": payment_refunded,
    "verify_payment": payment_verified,
    "list_providers": providers_listed,
    "retrieve_provider": provider_retrieved,
    "retrieve_provider_configuration": configuration_retrieved,
    "configure_provider": provider_configured,
    "test_provider": provider_tested,
    "get_health": health_got,
    "get_liveness": liveness_got,
    "get_readiness": readiness_got,
    "get_metrics": metrics_got,
    "create_token": token_created,
    "create_realtime_ticket": ticket_created,
    "refresh_token": token_refreshed,
    "revoke_token": token_revoked,
}
