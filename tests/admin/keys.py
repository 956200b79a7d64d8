"""API keys of other scopes and other accounts, put into a sandbox's database."""

import contextlib
import secrets
import sqlite3
from pathlib import Path

from molam_gateway.vault import Vault, key_path


def new_key(database: Path, *scopes: str, account: str | None = None) -> str:
    """A key with these scopes, for the sandbox's account or one of its own."""
    vault = Vault([key_path(database).read_text().strip()])
    key, id = f"sk_test_{secrets.token_hex(16)}", f"key_{secrets.token_hex(11)}"
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        (first,) = connection.execute("SELECT id FROM accounts ORDER BY created_at, id LIMIT 1").fetchone()
        if account is not None:
            connection.execute(
                "INSERT OR IGNORE INTO accounts (id, molam_id, home_region, capabilities, created_at)"
                " SELECT ?, molam_id, home_region, capabilities, created_at + 1 FROM accounts WHERE id = ?",
                (account, first),
            )
        connection.execute(
            "INSERT INTO api_keys (id, account_id, livemode, fingerprint, scopes, last4, created_at)"
            " VALUES (?, ?, 0, ?, ?, ?, 0)",
            (id, account or first, vault.fingerprint(key), " ".join(sorted(scopes)), key[-4:]),
        )
    return key


def write(database: Path, sql: str, *values: str | int) -> int:
    """Change rows behind the gateway's back."""
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        return connection.execute(sql, values).rowcount


def read(database: Path, sql: str, *values: str | int) -> list[tuple[object, ...]]:
    """Look at rows."""
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection:
        return connection.execute(sql, values).fetchall()
