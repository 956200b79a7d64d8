"""What a type checker infers for a user of the synchronous client."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from molam_api.models import (
    Account,
    Balance,
    BeneficiaryRequest,
    BeneficiaryType,
    Charge,
    CustomerRequest,
    DeletedWebhookEndpoint,
    Event,
    Health,
    LedgerMovementList,
    MerchantOnboarding,
    Metrics,
    NextAction,
    Payment,
    PaymentDetails,
    PaymentIntent,
    PaymentList,
    PaymentRefund,
    Payout,
    Provider,
    ProviderSetting,
    RealtimeTicket,
    Refund,
    SandboxClock,
    SandboxFault,
    Token,
    TokenRevocation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookRedrive,
)
from molam_sdk import Config, MolamClient, Money, Page, Pages


def clients() -> None:
    assert_type(MolamClient(), MolamClient)
    assert_type(MolamClient(api_key="sk_test_x", timeout=2.0, max_retries=0), MolamClient)
    assert_type(MolamClient(Config(api_key="sk_test_x"), timeout=(5, 30)), MolamClient)
    assert_type(MolamClient().with_options(timeout=2.0, deadline=5.0, headers={"X-Till": "1"}), MolamClient)
    with MolamClient() as client:
        assert_type(client, MolamClient)
        assert_type(client.config, Config)
        assert_type(client.close(), None)


def payments(client: MolamClient) -> None:
    intent = client.payment_intents.create(amount=2500, currency="USD")
    assert_type(intent, PaymentIntent)
    assert_type(client.payment_intents.create(amount=Money.of("25.00", "USD")), PaymentIntent)
    assert_type(client.payment_intents.create(amount=1, customer={"phone": "+221"}, metadata={"a": "b"}), PaymentIntent)
    assert_type(client.payment_intents.create(amount=1, customer=CustomerRequest(phone="+221")), PaymentIntent)
    assert_type(client.payment_intents.retrieve("pi_1"), PaymentIntent)
    assert_type(client.payment_intents.retrieve(payment_intent_id="pi_1"), PaymentIntent)
    assert_type(client.payment_intents.confirm(intent.id, payment_method="pm_cpay_ok"), PaymentIntent)
    assert_type(client.payment_intents.capture(intent.id, amount_to_capture=400), PaymentIntent)
    assert_type(client.payment_intents.cancel(intent.id, cancellation_reason="late"), PaymentIntent)
    assert_type(client.create_payment_intent(amount=2500, currency="USD"), PaymentIntent)
    assert_type(client.retrieve_payment_intent("pi_1"), PaymentIntent)


def members(intent: PaymentIntent) -> None:
    assert_type(intent.amount, int)
    assert_type(intent.currency, str)
    assert_type(intent.created_at, datetime)
    assert_type(intent.description, str | None)
    assert_type(intent.next_action, NextAction | None)
    metadata: Mapping[str, str] = intent.metadata
    status: str = intent.status
    assert_type(metadata["order_id"], str)
    assert_type(status == "succeeded", bool)


def everything_else(client: MolamClient) -> None:
    assert_type(client.charges.retrieve("ch_1"), Charge)
    assert_type(client.refunds.create("pi_1", amount=400, reason="late"), Refund)
    assert_type(client.refunds.retrieve("ref_1"), Refund)
    assert_type(client.create_refund("ch_1"), Refund)
    beneficiary = {"type": "mobile_money", "phone": "+221"}
    assert_type(client.payouts.create(amount=900, currency="XOF", beneficiary=beneficiary), Payout)
    assert_type(
        client.payouts.create(amount=9, beneficiary=BeneficiaryRequest(type_=BeneficiaryType.MOBILE_MONEY)), Payout
    )
    assert_type(client.payouts.cancel("po_1"), Payout)
    assert_type(client.balance.retrieve(), Balance)
    assert_type(client.merchant_onboardings.submit("mo_1"), MerchantOnboarding)
    assert_type(client.webhook_endpoints.create(url="https://b", enabled_events=["*"]), WebhookEndpoint)
    assert_type(client.webhook_endpoints.delete("we_1"), DeletedWebhookEndpoint)
    assert_type(client.webhook_endpoints.test("we_1"), Event)
    assert_type(client.webhook_deliveries.redrive("wd_1"), WebhookDelivery)
    assert_type(client.webhook_deliveries.redrive_many(event_type="ping"), WebhookRedrive)
    assert_type(client.events.retrieve("evt_1"), Event)
    assert_type(client.account.retrieve(), Account)
    assert_type(client.sandbox.advance_clock(seconds=60), SandboxClock)
    assert_type(client.sandbox.inject_fault(kind="reset"), SandboxFault)
    assert_type(client.sandbox.trigger_event(type="refund.failed"), Event)
    assert_type(client.sandbox.retrieve_ledger(), LedgerMovementList)
    assert_type(client.construct_event("t=1,v1=00", b"{}"), Event)


def lists(client: MolamClient) -> None:
    assert_type(client.payment_intents.list(status="succeeded", created_at_gte=datetime.now(UTC)), Pages[PaymentIntent])
    for intent in client.payment_intents.list(limit=100):
        assert_type(intent, PaymentIntent)
    for refund in client.refunds.list(payment_intent="pi_1"):
        assert_type(refund, Refund)
    assert_type([event.id for event in client.events.list(type="refund.processed")], list[str])
    page = client.charges.list().page()
    assert_type(page, Page[Charge])
    assert_type(page.data[0], Charge)
    assert_type(page.next_cursor, str | None)
    assert_type(page.next_page(), Page[Charge] | None)
    assert_type(client.list_payment_intents(), Pages[PaymentIntent])


def facade(client: MolamClient) -> None:
    payments = client.gateway.payments
    assert_type(payments.initialize(provider="cpay", amount="25.00", currency="USD"), Payment)
    assert_type(payments.initialize(provider="cpay", amount=Money.of("25.00", "USD")), Payment)
    assert_type(payments.get("pi_1"), PaymentDetails)
    assert_type(payments.refund("pi_1", amount="4.00", reason="late"), PaymentRefund)
    assert_type(payments.verify("pi_1"), Payment)
    assert_type(payments.list(status="completed", page=2), Pages[Payment])
    assert_type(client.gateway.providers.list().page(), Page[Provider])
    assert_type(client.gateway.providers.retrieve("cpay").currencies, list[str])
    configured = client.gateway.providers.configure("stripe", settings={"secret_key": "sk"}, environment="test")
    assert_type(configured.settings, list[ProviderSetting])
    assert_type(client.gateway.providers.retrieve_configuration("stripe").webhook_url, str | None)
    assert_type(client.gateway.providers.test("stripe").succeeded, bool)
    assert_type(client.gateway.health.ready(), Health)
    assert_type(client.gateway.metrics.get(), Metrics)
    assert_type(client.gateway.tokens.create(scopes=["payments:read"]), Token)
    assert_type(client.gateway.tokens.create_ticket(channel="events"), RealtimeTicket)
    assert_type(client.gateway.tokens.refresh("rt_1").access_token, str)
    assert_type(client.gateway.tokens.revoke("rt_1"), TokenRevocation)
    assert_type(client.with_raw_response.gateway.payments.get("pi_1").parse(), PaymentDetails)
    assert_type(client.with_raw_response.gateway.payments.list().parse(), PaymentList)
    payments.initialize(provider="cpay", amount=2500, currency="USD")  # type: ignore[arg-type]
    payments.initialize(provider="cpay", amount=25.0, currency="USD")  # type: ignore[arg-type]
    payments.refund("pi_1", amount=400)  # type: ignore[arg-type]


def mistakes(client: MolamClient) -> None:
    create = client.payment_intents.create
    create(amount=25.0, currency="USD")  # type: ignore[arg-type]
    create(amount=Decimal("25.00"), currency="USD")  # type: ignore[arg-type]
    create(amount="2500", currency="USD")  # type: ignore[arg-type]
    create(amount=None, currency="USD")  # type: ignore[arg-type]
    create(currency="USD")  # type: ignore[call-arg]
    create(2500, "USD")  # type: ignore[call-arg]
    create(amount=2500, curency="USD")  # type: ignore[call-arg]
    create(amount=2500, metadata={"order": 7})  # type: ignore[dict-item]
    client.refunds.create("pi_1", amount=4.0)  # type: ignore[arg-type]
    client.refunds.create("pi_1", amount=Money.of("4.00", "USD"))  # type: ignore[arg-type]
    client.refunds.create("pi_1", 400)  # type: ignore[call-arg]
    client.refunds.create()  # type: ignore[call-arg]
    client.payment_intents.retrieve(7)  # type: ignore[arg-type]
    client.create_payment_intent(amount=25.0)  # type: ignore[arg-type]
    client.with_options(proxy="http://127.0.0.1:1")  # type: ignore[call-arg]
    client.with_options(max_retries="3")  # type: ignore[arg-type]
    MolamClient(timeuot=3)  # type: ignore[call-arg]
    Money.of(25.0, "USD")  # type: ignore[arg-type]
    Money.minor(25.0, "USD")  # type: ignore[arg-type]
    client.payment_intents.create(amount=1).amonut  # type: ignore[attr-defined]  # noqa: B018
    for _ in client.payment_intents.create(amount=1):  # type: ignore[attr-defined]
        pass
