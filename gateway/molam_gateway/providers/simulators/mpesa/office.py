"""What the parts of the simulated Daraja share: merchants, numbers, times, the accounts and who is behind a call."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from ..book import Book, Movement
from ..simulation import Simulation
from .behaviour import LATE, REVERSAL_SUFFIXES, SUFFIXES, Behaviour
from .fields import Fields, members
from .merchant import Merchant, Rules
from .refusal import RefusalError, invalid_token

_EAST_AFRICA = timezone(timedelta(hours=3))
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MINOR = 100

Work: TypeAlias = Callable[[Merchant, Fields], Awaitable[Response]]


class Office:
    """Checks who calls, and keeps the accounts; amounts are shillings, the book's movements are minor units."""

    def __init__(self, simulation: Simulation, rules: Rules) -> None:
        self.simulation = simulation
        self.rules = rules
        self._calls: dict[str, tuple[int, int]] = {}

    @property
    def book(self) -> Book:
        """The simulator's database."""
        return self.simulation.book

    def endpoint(self, work: Work) -> Callable[[Request], Awaitable[Response]]:
        """A route's handler: the token first, then the rate, then the fields."""

        async def handle(request: Request) -> Response:
            try:
                merchant = self.caller(request)
                self._count(merchant)
                try:
                    document: object = json.loads(await request.body())
                except ValueError:
                    document = None
                return await work(merchant, members(document))
            except RefusalError as refusal:
                return refusal.answer(self.request_id())

        return handle

    def caller(self, request: Request) -> Merchant:
        """Whose token it is. Raises RefusalError."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        bearer = self.book.find("bearer", value)
        if scheme.lower() != "bearer" or bearer is None or bearer["until"] <= self.simulation.now():
            raise invalid_token()
        return self.by_key(bearer["consumer_key"])

    def by_key(self, consumer_key: str) -> Merchant:
        """The merchant of an app. Raises RefusalError."""
        for merchant in self.rules.merchants:
            if merchant.consumer_key == consumer_key:
                return merchant
        raise invalid_token()

    def by_shortcode(self, shortcode: str) -> Merchant | None:
        """The merchant of a short code."""
        return next((each for each in self.rules.merchants if each.shortcode == shortcode), None)

    def behaviour(self, msisdn: str, kind: str = "payment") -> Behaviour:
        """What was told of this number beforehand, once, else what its last digits say."""
        told = self.book.find(f"behaviour:{kind}", msisdn)
        if told is not None and told["times"] > 0:
            self.book.put(f"behaviour:{kind}", msisdn, {**told, "times": told["times"] - 1})
            return Behaviour(**told["members"])
        table = REVERSAL_SUFFIXES if kind == "reversal" else SUFFIXES
        return table.get(msisdn[-3:], Behaviour())

    def tell(self, msisdn: str, behaviour: Behaviour, kind: str = "payment", times: int = 1) -> None:
        """Let the next payments of a number go this way."""
        with self.book.transaction():
            self.book.put(f"behaviour:{kind}", msisdn, {"times": times, "members": asdict(behaviour)})

    def utility(self, shortcode: str) -> int:
        """The money in a merchant's utility account."""
        account = self.book.find("account", shortcode)
        if account is not None:
            return int(account["utility"])
        merchant = self.by_shortcode(shortcode)
        return 0 if merchant is None else merchant.utility

    def move(self, kind: str, shortcode: str, amount: int, reference: str, receipt: str) -> None:
        """Money comes in (charge) or goes out (everything else); belongs into a transaction of the book."""
        step = amount if kind == "charge" else -amount
        self.book.put("account", shortcode, {"utility": self.utility(shortcode) + step})
        self.book.move(Movement(kind, amount * MINOR, "KES", reference, receipt, self.simulation.now()))

    def receipt(self) -> str:
        """A receipt number like SG632NMUAB."""
        return f"S{_base36(self.book.number('receipt') * 7919, 9)}"

    def request_id(self) -> str:
        """What errors and acknowledgements are called."""
        return f"29115-{self.book.number('request')}-1"

    def conversation(self, prefix: str) -> str:
        """A conversation's id."""
        return f"{prefix}_{self.clock('%Y%m%d')}_{self.book.number('conversation'):020x}"

    def clock(self, form: str = "%Y%m%d%H%M%S") -> str:
        """The time in Nairobi."""
        return datetime.fromtimestamp(self.simulation.now(), UTC).astimezone(_EAST_AFRICA).strftime(form)

    def deliver(self, url: str, document: Any, behaviour: Behaviour) -> None:
        """Plan a callback; belongs into the transaction that causes it."""
        if behaviour.callback == "never":
            return
        target = wrong_token(url) if behaviour.callback == "wrong_token" else url
        for _ in range(2 if behaviour.callback == "twice" else 1):
            seconds = LATE if behaviour.callback == "late" else 0.0
            self.simulation.notify(seconds, target, json.dumps(document), {"content-type": "application/json"})

    def _count(self, merchant: Merchant) -> None:
        most, second = self.rules.calls_per_second, int(self.simulation.now())
        last, calls = self._calls.get(merchant.consumer_key, (second, 0))
        calls = calls + 1 if last == second else 1
        self._calls[merchant.consumer_key] = (second, calls)
        if most is not None and calls > most:
            raise RefusalError(500, "500.003.02", "Error Occurred: Spike Arrest Violation")


def wrong_token(url: str) -> str:
    """The address with another token in it."""
    head, token, kind = url.rsplit("/", 2)
    return f"{head}/{token[::-1]}/{kind}"


def result_code(code: str, form: str, number: int) -> int | str:
    """A code as a number or as text."""
    as_number = form == "number" or (form == "either" and number % 2 == 0)
    return int(code) if as_number and code.isdigit() else code


def _base36(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = _ALPHABET[digit] + text
    return text
