"""What all of the simulator's resources share: the book, the clock, names for new objects, events."""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..book import Movement
from ..simulation import Simulation
from . import amounts
from .errors import missing
from .knobs import Knobs

Document = dict[str, Any]
Emit = Callable[[str, Mapping[str, Any], str | None], None]
"""Announces that something happened to an object, in the course of the request with this idempotency key."""

_LETTERS = string.ascii_letters


@dataclass(frozen=True, slots=True)
class World:
    """Members of an object that begin with `_` are the simulator's own and never shown."""

    simulation: Simulation
    knobs: Knobs
    livemode: bool
    emit: Emit

    def time(self) -> int:
        """Now, as objects tell it."""
        return int(self.simulation.now())

    def new_id(self, prefix: str) -> str:
        """A name that sorts after all earlier ones."""
        number = self.simulation.book.number(prefix)
        return f"{prefix}_{number:08d}" + "".join(secrets.choice(_LETTERS) for _ in range(16))

    def find(self, kind: str, id: str, param: str = "id") -> Document:
        """An object. Raises StripeError if there is none."""
        found = self.simulation.book.find(kind, id)
        if found is None:
            raise missing(kind, id, param)
        return found

    def save(self, document: Document) -> None:
        """Remember an object as it is now."""
        self.simulation.book.put(document["object"], document["id"], document)

    def move(self, kind: str, amount: int, currency: str, reference: str, subject: str) -> None:
        """Money moves: `amount` in Stripe's units."""
        minor = amounts.minor_units(amount, currency)
        self.simulation.book.move(Movement(kind, minor, currency.upper(), reference, subject, self.simulation.now()))

    def index(self, name: str, id: str) -> None:
        """Let an object be found under a name."""
        entry = self.simulation.book.find("index", name) or {"ids": []}
        self.simulation.book.put("index", name, {"ids": [*entry["ids"], id]})

    def indexed(self, name: str) -> list[str]:
        """The objects under a name, oldest first."""
        entry = self.simulation.book.find("index", name)
        return [] if entry is None else list(entry["ids"])

    def names(self, kind: str) -> list[str]:
        """Every object of a kind, oldest first."""
        return [document["id"] for document in self.simulation.book.all(kind)]


def shown(document: Mapping[str, Any]) -> Document:
    """An object as the API shows it."""
    return {name: value for name, value in document.items() if not name.startswith("_")}
