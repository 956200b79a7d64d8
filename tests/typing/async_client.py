"""What a type checker infers for a user of the asynchronous client: the same, awaited."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

from molam_api.models import Charge, Event, LedgerMovementList, PaymentIntent, Payout, Refund, WebhookEndpoint
from molam_sdk import AsyncPage, AsyncPages, Config, MolamAsyncClient, Money


async def clients() -> None:
    assert_type(MolamAsyncClient(), MolamAsyncClient)
    assert_type(MolamAsyncClient(Config(api_key="sk_test_x"), timeout=2.0), MolamAsyncClient)
    assert_type(MolamAsyncClient().with_options(max_retries=0, region="eu-west"), MolamAsyncClient)
    async with MolamAsyncClient() as client:
        assert_type(client, MolamAsyncClient)
        assert_type(await client.aclose(), None)


async def calls(client: MolamAsyncClient) -> None:
    intent = await client.payment_intents.create(amount=Money.of("25.00", "USD"))
    assert_type(intent, PaymentIntent)
    assert_type(await client.payment_intents.confirm(intent.id, payment_method="pm_cpay_ok"), PaymentIntent)
    assert_type(await client.create_payment_intent(amount=2500, currency="USD"), PaymentIntent)
    assert_type(await client.refunds.create(intent.id, amount=400), Refund)
    assert_type(await client.payouts.cancel("po_1"), Payout)
    assert_type(await client.webhook_endpoints.rotate_secret("we_1"), WebhookEndpoint)
    assert_type(await client.sandbox.retrieve_ledger(payment_intent=intent.id), LedgerMovementList)
    assert_type(client.construct_event("t=1,v1=00", b"{}"), Event)


async def lists(client: MolamAsyncClient) -> None:
    assert_type(client.payment_intents.list(), AsyncPages[PaymentIntent])
    async for intent in client.payment_intents.list(limit=100):
        assert_type(intent, PaymentIntent)
    assert_type([refund.id async for refund in client.refunds.list()], list[str])
    assert_type(await client.charges.list(), AsyncPage[Charge])
    page = await client.charges.list().page()
    assert_type(page, AsyncPage[Charge])
    assert_type(await page.next_page(), AsyncPage[Charge] | None)
    for charge in page:
        assert_type(charge, Charge)


async def endpoints(client: MolamAsyncClient) -> None:
    from molam_api.api.refunds import retrieve_refund

    assert_type(await client.call(retrieve_refund, "ref_1"), Refund)
    assert_type(await client.call("retrieve_refund", "ref_1"), Any)


async def mistakes(client: MolamAsyncClient) -> None:
    create = client.payment_intents.create
    await create(amount=25.0, currency="USD")  # type: ignore[arg-type]
    await client.refunds.create("pi_1", amount=4.0)  # type: ignore[arg-type]
    create(amount=2500, currency="USD").id  # type: ignore[attr-defined]  # noqa: B018
    for _ in client.refunds.list():  # type: ignore[attr-defined]
        pass
    await client.payment_intents.list(limit="7")  # type: ignore[arg-type]
    await client.aclose(1)  # type: ignore[call-arg]
