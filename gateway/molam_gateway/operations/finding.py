"""Finds what a request names, or refuses as the contract has it."""

from typing import TypeVar

from ..domain.call import Call
from ..domain.problems import ProblemError
from ..providers.contract import Provider
from ..services import Services
from ..storage.port import Question, Reader, Row, Transaction
from ..storage.tables import Record, Table

R = TypeVar("R", bound=Record)


async def own(reader: Reader, call: Call, table: Table[R], id: str) -> R:
    """The account's object. Raises resource_missing, for another account's object too."""
    found = await table.find_own(reader, id, account_id=call.account.id, livemode=call.account.livemode)
    if found is None:
        raise missing(table.name, id)
    return found


async def own_locked(tx: Transaction, call: Call, table: Table[R], id: str) -> R:
    """The account's object, locked. Raises resource_missing."""
    found = await table.lock_own(tx, id, account_id=call.account.id, livemode=call.account.livemode)
    if found is None:
        raise missing(table.name, id)
    return found


async def own_locked_with(
    tx: Transaction, call: Call, table: Table[R], id: str, *questions: Question
) -> tuple[R, list[list[Row]]]:
    """The account's object, locked, and the answers to what is asked once it is. Raises resource_missing."""
    locking = table.locking_own(tx, id, account_id=call.account.id, livemode=call.account.livemode)
    rows, *answers = await tx.fetch_each(locking, *questions)
    found = table.locked(tx, rows)
    if found is None:
        raise missing(table.name, id)
    return found, answers


def missing(kind: str, id: str, param: str | None = None) -> ProblemError:
    """There is no such object, or it is another account's."""
    return ProblemError("resource_missing", f"There is no {_singular(kind).replace('_', ' ')} {id}.", param=param)


def provider(services: Services, name: str | None) -> Provider:
    """The provider of this name, the default one for none. Raises resource_missing."""
    found = services.providers.find(name)
    if found is None:
        raise unknown_provider(services, str(name), param="provider")
    return found


def unknown_provider(services: Services, name: str, param: str | None = None) -> ProblemError:
    """There is no provider of this name; says which there are."""
    names = ", ".join(sorted({*services.providers.by_name, *services.providers.aliases}))
    return ProblemError("resource_missing", f"There is no provider {name}: there are {names}.", param=param)


def _singular(kind: str) -> str:
    """One of a kind, `webhook_delivery` of `webhook_deliveries`."""
    return f"{kind.removesuffix('ies')}y" if kind.endswith("ies") else kind.removesuffix("s")


def known_payment_method(provider: Provider, payment_method: str) -> None:
    """Refuse a token that the provider does not have. Raises resource_missing."""
    if not provider.knows(payment_method):
        raise missing("payment_methods", payment_method, param="payment_method")
