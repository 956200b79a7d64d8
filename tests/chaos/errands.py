"""What customers and merchants do in a story: errands of a few calls, each call with a key of its own."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

INTENTS = "/v1/connect/payment_intents"
PAYOUTS = "/v1/treasury/payouts"
PHONES = ("100", "100", "911", "912", "913", "918", "910", "001", "032")
"""Customers of M-Pesa: who pay, whose callback comes twice, late, before the answer, or never, whose prompt's answer is
lost, who have no money, who refuse."""

CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_visa", "pm_card_simulatedProcessing", "pm_card_pendingRefund")
DECLINED = ("pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds", "pm_card_simulatedProcessingDeclined")
FLOAT = 50_000_000


@dataclass(frozen=True)
class Step:
    """One logical call; `path` is filled in with what the errand's earlier calls made.

    `moves` is the kind of movement that it causes if it succeeds, of exactly `amount`, which no other step has.
    """

    key: str
    path: str
    body: Mapping[str, Any]
    moves: str
    amount: int
    currency: str
    object: str


@dataclass(frozen=True)
class Errand:
    """Calls in turn; the next one is made when the object of the one before is as `until` says."""

    steps: Sequence[Step]


class Errands:
    """Makes errands by chance, no amount twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._numbers = itertools.count(1)
        self._makers = (
            self._card,
            self._card,
            self._hold,
            self._mobile,
            self._mobile,
            self._declined,
            self._asked,
            self._payout,
        )

    def funding(self) -> Errand:
        """A payment in the currency of payouts, large enough for all of them."""
        return Errand([self._paystack(FLOAT)])

    def some(self, count: int) -> Sequence[Errand]:
        """As many errands, every kind among the first ones."""
        first = [make() for make in dict.fromkeys(self._makers)][:count]
        return [*first, *(self._chance.choice(self._makers)() for _ in range(count - len(first)))]

    def _card(self) -> Errand:
        if self._chance.random() < 0.25:
            return Errand([self._paystack(20_000 + next(self._numbers) * 10)])
        number = next(self._numbers)
        body = {"confirm": True, "payment_method": self._chance.choice(CARDS)}
        paid = self._step(number, INTENTS, body, "charge", 20_000 + number * 10, "USD", "intent")
        return Errand([paid, *self._refunds("USD")])

    def _hold(self) -> Errand:
        number = next(self._numbers)
        taken = 20_000 + number * 10
        body = {"confirm": True, "payment_method": "pm_card_visa", "capture_method": "manual"}
        held = self._step(number, INTENTS, body, "", taken + 5_000, "USD", "intent")
        number = next(self._numbers)
        return Errand(
            [
                held,
                Step(
                    f"call-{number}", f"{INTENTS}/{{intent}}/capture", {"amount_to_capture": taken}, "charge", taken,
                    "USD", "intent",
                ),
                *self._refunds("USD")[:1],
            ]
        )  # fmt: skip

    def _mobile(self) -> Errand:
        number = next(self._numbers)
        phone = f"+2547{number:05d}{self._chance.choice(PHONES)}"
        body = {"confirm": True, "payment_method": "pm_mpesa", "customer": {"phone": phone}}
        return Errand([self._step(number, INTENTS, body, "charge", (200 + number) * 100, "KES", "intent")])

    def _declined(self) -> Errand:
        number = next(self._numbers)
        body = {"confirm": True, "payment_method": self._chance.choice(DECLINED)}
        return Errand([self._step(number, INTENTS, body, "charge", 20_000 + number * 10, "USD", "intent")])

    def _asked(self) -> Errand:
        number = next(self._numbers)
        body = {"confirm": True, "payment_method": "pm_card_threeDSecure2Required"}
        return Errand([self._step(number, INTENTS, body, "charge", 20_000 + number * 10, "USD", "intent")])

    def _payout(self) -> Errand:
        number = next(self._numbers)
        to = {
            "type": "bank_account",
            "account_holder": "Ada",
            "bank_code": "058",
            "account_number": self._chance.choice(("0123454321", "0123450000", "0123450001")),
        }
        return Errand(
            [self._step(number, PAYOUTS, {"beneficiary": to}, "payout", 20_000 + number * 10, "NGN", "payout")]
        )

    def _paystack(self, amount: int) -> Step:
        number = next(self._numbers)
        body = {
            "confirm": True,
            "provider": "paystack",
            "payment_method": "AUTH_good",
            "customer": {"email": f"ada{number}@example.com"},
        }
        return self._step(number, INTENTS, body, "charge", amount, "NGN", "intent")

    def _refunds(self, currency: str) -> Sequence[Step]:
        made: list[Step] = []
        for _ in range(self._chance.choice((0, 1, 2))):
            number = next(self._numbers)
            path, amount = "/v1/connect/charges/{intent}/refund", 1_000 + number
            made.append(Step(f"call-{number}", path, {"amount": amount}, "refund", amount, currency, "refund"))
        return made

    def _step(
        self, number: int, path: str, body: Mapping[str, Any], moves: str, amount: int, currency: str, object: str
    ) -> Step:
        return Step(
            f"call-{number}", path, {"amount": amount, "currency": currency, **body}, moves, amount, currency, object
        )
