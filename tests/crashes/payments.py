"""Stories of a shop that dies while it pays: each order must be charged exactly once."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from molam_sdk.durable import metadata
from tests.crashes.databases import orders
from tests.crashes.stage import Ended, Stage, Story

_ORDERS = 2
_AMOUNTS = itertools.count(1_000)


class Payments(Stage):
    """Orders that are paid with keys of their own, or with keys that the SDK mints for each call.

    Where two shops work at the same orders, the orders must have keys of their own: a minted key is known to nobody
    else before it is in the journal.
    """

    program = "tests.crashes.shop"
    variants = ("own keys", "minted keys")
    shared = ("own keys",)
    faults = ("drop_response", "truncate", "error_after", "reset")

    def prepare(self, told: Story) -> Mapping[str, Any]:
        """Take orders, each of an amount of its own, by which the provider's book can tell them apart."""
        rows = [
            {"id": f"order-{amount}", "amount": amount, "state": "open"}
            for amount in itertools.islice(_AMOUNTS, _ORDERS)
        ]
        with self.database.engine.begin() as connection:
            connection.execute(insert(orders), rows)
        return {"breaker": told.seed % 3 != 0}

    def look(self, ended: Ended) -> None:
        """All orders are paid, and the journal has one end for each."""
        rows = self.database.rows(select(orders))
        ended.facts = {row.amount: row.intent for row in rows}
        ended.defects += [f"order {row.id} is {row.state}" for row in rows if row.state != "paid"]
        ended.defects += [f"{order} heard that nothing was done, and it was" for order in self._misled()]
        calls = metadata.tables["molam_calls"]
        journal = self.database.rows(select(calls.c.idempotency_key, calls.c.state, calls.c.object_id))
        ended.defects += [
            f"the journal has {row.idempotency_key} as {row.state}"
            for row in journal
            if row.state not in ("succeeded", "not_sent")
        ]
        made = sorted(str(row.object_id) for row in journal if row.state == "succeeded")
        if made != sorted(str(row.intent) for row in rows):
            ended.defects.append(f"the journal has {made} as made")

    def _misled(self) -> list[str]:
        """The orders that were paid although the last that was heard of their key was that nothing was done.

        All are paid in the end; an order that nobody else began meanwhile, and nobody began after that, was paid behind
        the back of who heard so.
        """
        begun: dict[str, str] = {}
        misled: set[str] = set()
        for line in self.all_notes():
            kind, *rest = line.split()
            if kind == "begins":
                order, who = rest
                begun[order] = who
                misled.discard(order)
            elif kind == "hears":
                order, who, outcome = rest
                if outcome in ("not_sent", "rejected") and begun[order] == who:
                    misled.add(order)
        return sorted(misled)

    def judge(self, played: Sequence[Ended]) -> list[str]:
        """Hold what the shop believes against the provider's book as well."""
        book = self.gateway.charges()
        for ended in played:
            for amount, intent in ended.facts.items():
                charged = book.get(amount, [])
                if len(charged) != 1:
                    ended.defects.append(f"{len(charged)} charges for the order of {amount}: {charged}")
                elif charged[0] != intent:
                    ended.defects.append(f"the order of {amount} was paid with {charged[0]}, and not {intent}")
        return super().judge(played)
