"""What customers and merchants do in a story: errands of a few calls, each call with a key of its own."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

INTENTS = "/v1/connect/payment_intents"
PAYOUTS = "/v1/treasury/payouts"
PHONES = ("100", "100", "911", "912", "913", "918", "910", "001", "032")
"""Customers of M-Pesa: who pay, whose callback comes twice, late, before the answer, or never, whose prompt's answer is
lost, who have no money, who refuse."""

PAYERS = ("100", "911", "913", "931", "932", "933", "934", "935", "936")
"""Customers of M-Pesa who get their money back: at once, without a callback, never, or without anybody knowing."""

PAYEES = ("100", "100", "911", "912", "913", "910", "918", "919", "922", "923", "924", "001")
"""Whom M-Pesa pays out to: told twice, late, before the answer, never; the answer lost; left in a queue; refused."""

CPAY = ("ok", "ok", "unknown_ok", "async_ok", "async_fail", "declined", "unknown_fail", "slow", "refund_fails_later")
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_visa", "pm_card_simulatedProcessing", "pm_card_pendingRefund")
DECLINED = ("pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds", "pm_card_simulatedProcessingDeclined")
FLOAT = 50_000_000
TRIGGER = "/v1/sandbox/trigger"
GOES_ON = frozenset({"succeeded", "requires_capture"})


@dataclass(frozen=True)
class Step:
    """One logical call; `path` and texts of `body` are filled in with what the errand's earlier calls made.

    `moves` is the kind of movement that it causes if it succeeds, of exactly `amount`, which no other step has. The
    errand goes on if the object comes to one of the statuses `goes_on` within so many seconds.
    """

    key: str
    path: str
    body: Mapping[str, Any]
    moves: str
    amount: int
    currency: str
    object: str
    goes_on: frozenset[str] = GOES_ON
    within: float = 0.6


@dataclass(frozen=True)
class Errand:
    """Calls in turn."""

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
            self._mobile_refunded,
            self._mobile_payout,
            self._cpay,
            self._cpay,
            self._cpay_payout,
            self.triggered,
        )

    def funding(self) -> Errand:
        """Payments in the currencies of payouts, large enough for all of them."""
        paid = [self._paid_with_cpay("ok", FLOAT + amount, currency) for amount, currency in ((1, "XOF"), (100, "KES"))]
        return Errand([self._paystack(FLOAT), *paid])

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

    def _mobile_refunded(self) -> Errand:
        number = next(self._numbers)
        amount = (200 + number) * 100
        phone = f"+2547{number:05d}{self._chance.choice(PAYERS)}"
        body = {"confirm": True, "payment_method": "pm_mpesa", "customer": {"phone": phone}}
        paid = replace(self._step(number, INTENTS, body, "charge", amount, "KES", "intent"), within=6.0)
        return Errand([paid, self._refund(next(self._numbers), amount, "KES")])

    def _mobile_payout(self) -> Errand:
        number = next(self._numbers)
        to = {"type": "mobile_money", "phone": f"+2547{number:05d}{self._chance.choice(PAYEES)}"}
        body = {"beneficiary": to}
        return Errand([self._step(number, PAYOUTS, body, "payout", (200 + number) * 100, "KES", "payout")])

    def _cpay(self) -> Errand:
        amount = 20_000 + next(self._numbers) * 10
        return Errand([self._paid_with_cpay(self._chance.choice(CPAY), amount, "EUR"), *self._refunds("EUR")])

    def _cpay_payout(self) -> Errand:
        number = next(self._numbers)
        last4 = self._chance.choice(("0000", "0001", "0002", "0003", "7777"))
        to = {"type": "bank_account", "account_holder": "Awa", "account_number": f"00012345{last4}"}
        return Errand([self._step(number, PAYOUTS, {"beneficiary": to}, "payout", 20_000 + number, "XOF", "payout")])

    def triggered(self) -> Errand:
        """A payment with the sandbox's own provider, which is made to end well."""
        number = next(self._numbers)
        body = {"confirm": True, "provider": "cpay", "payment_method": "pm_cpay_async_ok"}
        begun = self._step(number, INTENTS, body, "charge", 20_000 + number * 10, "GBP", "intent")
        wish = {"type": "payment_intent.succeeded", "object_id": "{intent}"}
        number = next(self._numbers)
        return Errand(
            [
                replace(begun, goes_on=frozenset({"processing", "succeeded"})),
                Step(f"call-{number}", TRIGGER, wish, "", 0, "GBP", "event"),
            ]
        )

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

    def _paid_with_cpay(self, token: str, amount: int, currency: str) -> Step:
        body = {"confirm": True, "provider": "cpay_http", "payment_method": f"pm_cpay_{token}"}
        return self._step(next(self._numbers), INTENTS, body, "charge", amount, currency, "intent")

    def _refunds(self, currency: str) -> Sequence[Step]:
        numbers = [next(self._numbers) for _ in range(self._chance.choice((0, 1, 2)))]
        return [self._refund(number, 1_000 + number, currency) for number in numbers]

    def _refund(self, number: int, amount: int, currency: str) -> Step:
        path = "/v1/connect/charges/{intent}/refund"
        return Step(f"call-{number}", path, {"amount": amount}, "refund", amount, currency, "refund")

    def _step(
        self, number: int, path: str, body: Mapping[str, Any], moves: str, amount: int, currency: str, object: str
    ) -> Step:
        return Step(
            f"call-{number}", path, {"amount": amount, "currency": currency, **body}, moves, amount, currency, object
        )
