# ruff: noqa: S608 - statements of somebody who tampers
"""What the audit trail knows of a request, and the command that verifies the trail of a database."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from molam_gateway.cli import main
from molam_gateway.embedded import Sandbox
from molam_gateway.environment import KEY
from molam_gateway.vault import generate_key
from tests.gateway_fixtures import Api

INTENTS = "/v1/connect/payment_intents"
_BODY = b'{"amount": 2500,  "currency": "USD"}'


def test_only_what_the_server_itself_knows_of_a_request_is_kept(shared_api: Api) -> None:
    """No header names another address, and the hash is that of the bytes as they came."""
    headers = {
        "Idempotency-Key": "audit-origin",
        "Content-Type": "application/json",
        "User-Agent": "shop/1.2 (contact: jo@shop.example)",
        "X-Forwarded-For": "198.51.100.1",
        "Forwarded": "for=198.51.100.1",
    }
    made = shared_api.client.post(INTENTS, content=_BODY, headers=headers)
    (entry,) = shared_api.get("/v1/audit_logs", resource_id=made.json()["id"]).json()["data"]
    assert (entry["address"], entry["user_agent"]) == ("127.0.0.1", "shop/1.2")
    assert entry["body_sha256"] == hashlib.sha256(_BODY).hexdigest()
    assert entry["request_id"] == made.headers["request-id"]
    assert entry["actor"]["type"] == "api_key"
    assert entry["actor"]["id"].startswith("key_")


def _verified(capsys: pytest.CaptureFixture[str], database: Path, *more: str) -> tuple[int, list[dict[str, Any]]]:
    status = main(["audit", "verify", "--database", f"sqlite:///{database}", *more])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with one payment intent, whose gateway has stopped."""
    path = tmp_path / "gateway.db"
    with Sandbox(database=path) as sandbox, closing(Api(sandbox.url, sandbox.api_key)) as api:
        api.intent()
    return path


def _tamper(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in ("audit_logs", "audit_seals"):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        for statement in statements:
            connection.execute(statement)


def test_the_command_verifies_and_locates(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    status, (line,) = _verified(capsys, database)
    assert (status, line["verified"], line["first_break"]) == (0, True, None)
    _tamper(database, "UPDATE audit_logs SET outcome = 'x' WHERE action = 'create_payment_intent'")
    status, (line,) = _verified(capsys, database)
    broken = line["first_break"]
    assert (status, broken["reason"], broken["sequence"]) == (1, "entry_changed", line["entries"] + 1)


def test_a_trail_that_was_set_back_shows_against_an_earlier_run(
    capsys: pytest.CaptureFixture[str], database: Path, tmp_path: Path
) -> None:
    """All of it, as from a copy of the whole database: within the database nothing is left to tell."""
    _, lines = _verified(capsys, database)
    earlier = tmp_path / "earlier"
    earlier.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert _verified(capsys, database, "--earlier", str(earlier))[0] == 0
    _tamper(database, *(f"DELETE FROM audit_{name}" for name in ("logs", "seals", "heads")))
    assert _verified(capsys, database) == (0, [])
    status, (line, register) = _verified(capsys, database, "--earlier", str(earlier))
    assert register["first_break"]["reason"] == "head_missing"
    assert (status, line["first_break"]) == (1, {"audit_log": None, "sequence": 1, "reason": "tail_missing"})


def test_the_command_says_what_it_cannot_verify(
    capsys: pytest.CaptureFixture[str], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["audit", "verify", "--database", f"sqlite:///{tmp_path / 'none.db'}"]) == 2
    assert main(["audit", "verify", "--database", "postgresql://127.0.0.1/none"]) == 2
    (tmp_path / "bad").write_text("{}")
    assert main(["audit", "verify", "--database", f"sqlite:///{database}", "--earlier", str(tmp_path / "bad")]) == 2
    assert capsys.readouterr().err.count("molam-gateway: ") == 3
    monkeypatch.setenv(KEY, generate_key())
    status, (line, register) = _verified(capsys, database)
    assert (status, line["first_break"]["sequence"], line["first_break"]["reason"]) == (1, 1, "key_unknown")
    assert register["first_break"]["reason"] == "key_unknown"
