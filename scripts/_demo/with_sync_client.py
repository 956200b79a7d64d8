"""The walk with `MolamClient`."""

from _demo import checks
from _demo.checks import AMOUNT, CURRENCY, FIRST_REFUND, PAYOUT, SECOND_REFUND
from _demo.receiver import Receiver
from _demo.sandbox import Sandbox
from _demo.telling import Telling, WrongResultError
from molam_sdk import MolamClient, errors


def walk(sandbox: Sandbox, receiver: Receiver) -> int:
    """Tell the story; return how many results were checked."""
    tell = Telling("Sync: MolamClient")
    with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
        endpoint = client.webhook_endpoints.create(url=receiver.url, enabled_events=["*"])

        intent = client.payment_intents.create(
            amount=AMOUNT,
            currency=CURRENCY,
            capture_method="manual",
            payment_method="pm_cpay_ok",
            metadata={"order_id": "12345"},
        )
        checks.created(tell, intent)
        checks.confirmed(tell, client.payment_intents.confirm(intent.id))
        checks.captured(tell, client.payment_intents.capture(intent.id))

        refund = client.refunds.create(intent.id, amount=FIRST_REFUND, reason="requested_by_customer")
        intent = client.payment_intents.retrieve(intent.id)
        checks.refunded(tell, "partial refund", refund, FIRST_REFUND, intent, FIRST_REFUND)

        refund = client.refunds.create(intent.id, amount=SECOND_REFUND)
        intent = client.payment_intents.retrieve(intent.id)
        checks.refunded(tell, "second refund", refund, SECOND_REFUND, intent, FIRST_REFUND + SECOND_REFUND)

        before = client.balance.retrieve()
        payout = client.payouts.create(
            amount=PAYOUT,
            currency=CURRENCY,
            beneficiary={"type": "bank_account", "account_number": "00120000", "account_holder": "Awa Diop"},
        )
        checks.paid_out(tell, payout, before, client.balance.retrieve())

        try:
            client.payment_intents.create(
                amount=AMOUNT, currency=CURRENCY, payment_method="pm_cpay_declined", confirm=True
            )
        except errors.DeclinedError as error:
            if error.resource is None or error.resource.id is None:
                raise WrongResultError("a declined payment has to name its intent") from error
            checks.declined(tell, error, client.payment_intents.retrieve(error.resource.id))
        else:
            raise WrongResultError("a declined payment has to raise DeclinedError")

        client.sandbox.inject_fault(kind="drop_response", operation_id="create_payment_intent")
        raw = client.with_raw_response.payment_intents.create(
            amount=AMOUNT, currency=CURRENCY, payment_method="pm_cpay_ok", confirm=True
        )
        paid = raw.parse()
        ledger = client.sandbox.retrieve_ledger(payment_intent=paid.id)
        checks.charged_once(tell, paid, raw.attempts, raw.replayed, ledger.data)

        delivery = receiver.wait_for(checks.about(paid))
        event = client.construct_event(delivery.signature, delivery.body, endpoint.secret)
        checks.received(tell, event, paid)
        try:
            client.construct_event(delivery.signature, delivery.body + b" ", endpoint.secret)
        except errors.SignatureError as error:
            checks.forgery_refused(tell, error)
        else:
            raise WrongResultError("a forged webhook has to raise SignatureError")
        client.webhook_endpoints.delete(endpoint.id)
    return tell.checks
