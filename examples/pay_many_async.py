"""Take many payments at once with the async client, at most ten at a time.

MOLAM_API_KEY=sk_test_... python examples/pay_many_async.py 50
"""

import argparse
import asyncio
import sys

from molam_sdk import MolamAsyncClient, errors


async def pay(client: MolamAsyncClient, gate: asyncio.Semaphore, number: int) -> bool:
    async with gate:
        try:
            intent = await client.payment_intents.create(
                amount=100 + number,
                currency="USD",
                payment_method="pm_cpay_declined" if number % 10 == 9 else "pm_cpay_ok",
                confirm=True,
            )
        except errors.DeclinedError:
            return False
    return intent.status == "succeeded"


async def main(count: int) -> int:
    gate = asyncio.Semaphore(10)
    async with MolamAsyncClient() as client:
        paid = await asyncio.gather(*(pay(client, gate, number) for number in range(count)))
    print(f"{sum(paid)} paid, {count - sum(paid)} declined")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=50, help="how many (default: %(default)s)")
    sys.exit(asyncio.run(main(parser.parse_args().count)))
