"""The walk with `MolamAsyncClient`."""

import asyncio

from _demo import checks
from _demo.checks import AMOUNT, CURRENCY, FIRST_REFUND, PAYOUT, SECOND_REFUND
from _demo.receiver import Receiver
from _demo.sandbox import Sandbox
from _demo.telling import Telling, WrongResultError
from molam_sdk import MolamAsyncClient, errors


async def walk(sandbox: Sandbox, receiver: Receiver) -> int:
    """Tell the story; return how many results were checked."""
    tell = Telling("Async: MolamAsyncClient")
    async with MolamAsyncClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
        endpoint = await client.webhook_endpoints.create(url=receiver.url, enabled_events=["*"])

        intent = await client.payment_intents.create(
            amount=AMOUNT,
            currency=CURRENCY,
            capture_method="manual",
            payment_method="pm_cpay_ok",
            metadata={"order_id": "12345"},
        )
        checks.created(tell, intent)
        checks.confirmed(tell, await client.payment_intents.confirm(intent.id))
        checks.captured(tell, await client.payment_intents.capture(intent.id))

        refund = await client.refunds.create(intent.id, amount=FIRST_REFUND, reason="requested_by_customer")
        intent = await client.payment_intents.retrieve(intent.id)
        checks.refunded(tell, "partial refund", refund, FIRST_REFUND, intent, FIRST_REFUND)

        refund = await client.refunds.create(intent.id, amount=SECOND_REFUND)
        intent = await client.payment_intents.retrieve(intent.id)
        checks.refunded(tell, "second refund", refund, SECOND_REFUND, intent, FIRST_REFUND + SECOND_REFUND)

        before = await client.balance.retrieve()
        payout = await client.payouts.create(
            amount=PAYOUT,
            currency=CURRENCY,
            beneficiary={"type": "bank_account", "account_number": "00120000", "account_holder": "Awa Diop"},
        )
        checks.paid_out(tell, payout, before, await client.balance.retrieve())

        try:
            await client.payment_intents.create(
                amount=AMOUNT, currency=CURRENCY, payment_method="pm_cpay_declined", confirm=True
            )
        except errors.DeclinedError as error:
            if error.resource is None or error.resource.id is None:
                raise WrongResultError("a declined payment has to name its intent") from error
            checks.declined(tell, error, await client.payment_intents.retrieve(error.resource.id))
        else:
            raise WrongResultError("a declined payment has to raise DeclinedError")

        await client.sandbox.inject_fault(kind="drop_response", operation_id="create_payment_intent")
        raw = await client.with_raw_response.payment_intents.create(
            amount=AMOUNT, currency=CURRENCY, payment_method="pm_cpay_ok", confirm=True
        )
        paid = raw.parse()
        ledger = await client.sandbox.retrieve_ledger(payment_intent=paid.id)
        checks.charged_once(tell, paid, raw.attempts, raw.replayed, ledger.data)

        delivery = await asyncio.to_thread(receiver.wait_for, checks.about(paid))
        event = client.construct_event(delivery.signature, delivery.body, endpoint.secret)
        checks.received(tell, event, paid)
        try:
            client.construct_event(delivery.signature, delivery.body + b" ", endpoint.secret)
        except errors.SignatureError as error:
            checks.forgery_refused(tell, error)
        else:
            raise WrongResultError("a forged webhook has to raise SignatureError")
        await client.webhook_endpoints.delete(endpoint.id)
    return tell.checks
