"""Every column that holds what the vault encrypted, and how to encrypt it anew."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .port import Parameters, Store, Value

_BATCH = 200


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`keys` is the primary key; `condition` says which rows are sealed; a `json` column holds an object of tokens."""

    table: str
    column: str
    keys: Sequence[str] = ("id",)
    condition: str = "TRUE"
    json: bool = False

    @property
    def keys_sql(self) -> str:
        """Finds the rows."""
        return _build(
            "SELECT {0} FROM {1} WHERE {2} IS NOT NULL AND {3}",
            ", ".join(self.keys),
            self.table,
            self.column,
            self.condition,
        )

    @property
    def select_sql(self) -> str:
        """Reads one."""
        return _build("SELECT {0} AS sealed FROM {1} WHERE {2}", self.column, self.table, self._same)

    @property
    def update_sql(self) -> str:
        """Replaces what was read, unless somebody else did."""
        return _build("UPDATE {0} SET {1} = :new WHERE {2} AND {1} = :old", self.table, self.column, self._same)

    @property
    def _same(self) -> str:
        return " AND ".join(f"{key} = :{key}" for key in self.keys)


SEALED: Sequence[SealedColumn] = (
    SealedColumn("provider_configurations", "secrets", json=True),
    SealedColumn("provider_callback_tokens", "sealed", ("fingerprint",)),
    SealedColumn("provider_messages", "body"),
    SealedColumn("provider_tokens", "token", ("owner",)),
    SealedColumn("signing_keys", "private_key", ("kid",)),
    SealedColumn("webhook_secrets", "secret", ("endpoint_id", "kid")),
    SealedColumn("accounts", "webhook_secret"),
    SealedColumn("attempts", "instruction"),
    SealedColumn("payment_intents", "phone"),
    SealedColumn("merchant_onboardings", "sealed"),
    SealedColumn("idempotency_keys", "body", ("account_id", "livemode", "key"), "encrypted AND status IS NOT NULL"),
)


async def reseal(store: Store, column: SealedColumn, anew: Callable[[str], str]) -> int:
    """Encrypt a column anew, a few rows at a time beside running gateways; returns how many rows that were."""
    async with store.reading() as reader:
        found = await reader.fetch_all(column.keys_sql, {})
    done = 0
    for first in range(0, len(found), _BATCH):
        async with store.transaction() as tx:
            for row in found[first : first + _BATCH]:
                key: dict[str, Value] = {name: row[name] for name in column.keys}
                present = await tx.fetch_one(column.select_sql, key)
                if present is None or present["sealed"] is None:
                    continue
                old = str(present["sealed"])
                change: Parameters = {**key, "old": old, "new": _anew(column, old, anew)}
                done += await tx.execute(column.update_sql, change)
    return done


def _anew(column: SealedColumn, old: str, anew: Callable[[str], str]) -> str:
    if not column.json:
        return anew(old)
    return json.dumps({name: anew(token) for name, token in json.loads(old).items()}, separators=(",", ":"))


def _build(template: str, *parts: str) -> str:
    """Fill in names that this module wrote itself; values are always parameters."""
    return template.format(*parts)
