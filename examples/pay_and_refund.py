"""Take a payment for an order, safely however often the program is started, and give a part of it back.

MOLAM_API_KEY=sk_test_... python examples/pay_and_refund.py order-12345
"""

import argparse
import sys

from molam_sdk import MolamClient, Money, errors


def main(order_id: str) -> int:
    with MolamClient() as client:
        try:
            return pay_and_refund(client, order_id)
        except errors.DeclinedError as error:
            print(f"declined ({error.decline_code}): ask for another payment method")
            return 1
        except errors.MolamError as error:
            print(f"{error}\noutcome {error.outcome}: start this again with the same order, nothing is charged twice")
            return 2


def pay_and_refund(client: MolamClient, order_id: str) -> int:
    intent = client.payment_intents.create(
        amount=Money.of("25.00", "USD"),
        payment_method="pm_cpay_ok",
        confirm=True,
        metadata={"order_id": order_id},
        idempotency_key=f"pay-{order_id}",
    )
    if intent.status != "succeeded":
        print(f"{intent.id} is {intent.status}: wait for its webhook")
        return 3
    print(f"{intent.id}: {Money.minor(intent.amount_received, intent.currency)} received")

    refund = client.refunds.create(
        intent.id, amount=400, reason="requested_by_customer", idempotency_key=f"refund-{order_id}"
    )
    print(f"{refund.id}: {Money.minor(refund.amount, refund.currency)} given back")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("order", help="your number of the order, order-12345 say")
    sys.exit(main(parser.parse_args().order))
