"""Bodies in the journal: encrypted with keys that can be rotated and bound to their row, or not kept at all."""

import logging
import re
from typing import Any

import pytest
from cryptography.fernet import Fernet

from molam_sdk.durable import Journal
from molam_sdk.errors import ConfigurationError, IdempotencyError, StorageError
from tests.durable.databases import Durable
from tests.durable.journals import CONTENT, ended, entry, journal_on, scope, state

OLD, NEW = Fernet.generate_key(), Fernet.generate_key().decode()


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def everything_kept(database: Durable) -> bytes:
    (row,) = database.rows("SELECT * FROM molam_calls")
    return b"".join(each if isinstance(each, bytes) else str(each).encode() for each in row)


def test_an_encrypted_body_is_read_with_an_old_key_and_written_with_the_new(half: str, database: Durable) -> None:
    before = journal_on(database, half, encryption_keys=[OLD])
    before.begin(entry("old"))
    kept = everything_kept(database)
    assert b"22177" not in kept
    assert entry().fingerprint.encode() not in kept
    after = journal_on(database, half, encryption_keys=[NEW, OLD])
    after.begin(entry("old"))
    after.begin(entry("new"))
    claimed = [each for _, each in after.claim(10, lease=0.0)]
    assert [(each.content, each.fingerprint) for each in claimed] == [(CONTENT, entry().fingerprint)] * 2
    with pytest.raises(IdempotencyError):
        after.begin(entry("old", content=b"other"))
    claimed = [each for _, each in journal_on(database, half, encryption_keys=[NEW]).claim(10, lease=0.0)]
    assert [each.idempotency_key for each in claimed if each.unreadable is None] == ["new"]


def test_bodies_of_every_form_are_read_by_a_journal_with_keys(half: str, database: Durable) -> None:
    journal_on(database, half).begin(entry("plain"))
    journal_on(database, half, bodies="redacted").begin(entry("redacted"))
    journal_on(database, half, encryption_keys=[OLD]).begin(entry("encrypted", content=b""))
    journal_on(database, half, encryption_keys=[OLD]).begin(entry("none", content=None))
    journal = journal_on(database, half, encryption_keys=[OLD])
    found = {each.idempotency_key: (each.content, each.content_kept) for _, each in journal.claim(10, lease=0.0)}
    assert found == {
        "plain": (CONTENT, True),
        "redacted": (None, False),
        "encrypted": (b"", True),
        "none": (None, True),
    }


def test_a_body_with_a_secret_is_kept_encrypted_or_not_at_all(half: str, database: Durable) -> None:
    credentials = b'{"settings":{"secret_key":"sk_live_0123456789"}}'
    journal_on(database, half).begin(entry("plain", content=credentials, secret=True))
    assert b"sk_live_" not in everything_kept(database)
    journal_on(database, half, encryption_keys=[OLD]).begin(entry("sealed", content=credentials, secret=True))
    journal = journal_on(database, half, encryption_keys=[OLD])
    found = {each.idempotency_key: (each.content, each.content_kept) for _, each in journal.claim(10, lease=0.0)}
    assert found == {"plain": (None, False), "sealed": (credentials, True)}


@pytest.mark.parametrize("keys", [None, [NEW]])
def test_a_wrong_key_says_so_and_shows_nothing(half: str, database: Durable, keys: list[Any] | None) -> None:
    journal_on(database, half, encryption_keys=[OLD]).begin(entry())
    wrong = journal_on(database, half, encryption_keys=keys)
    ((_, claimed),) = wrong.claim(10, lease=0.0)
    assert "encryption_keys" in (claimed.unreadable or "")
    assert (claimed.content, claimed.content_kept, claimed.fingerprint) == (None, False, "")
    with pytest.raises(StorageError, match="encryption_keys"):
        wrong.begin(entry(content=b"x"))
    assert state(database) == "in_flight"


def test_an_unreadable_call_does_not_keep_the_others_from_being_recovered(
    half: str, database: Durable, caplog: pytest.LogCaptureFixture
) -> None:
    journal_on(database, half, encryption_keys=[NEW]).begin(entry("unreadable"))
    journal = journal_on(database, half, encryption_keys=[OLD])
    journal.begin(entry("readable"))
    with caplog.at_level(logging.WARNING, "molam_sdk.durable"):
        claimed = {each.idempotency_key: each.unreadable for _, each in journal.claim(10, lease=60.0)}
    assert claimed["readable"] is None
    assert "encryption_keys" in (claimed["unreadable"] or "")
    assert "cannot be recovered" in caplog.text
    assert [each.idempotency_key for each in journal.unfinished()] == ["unreadable", "readable"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nor_does_a_log_that_breaks(half: str, database: Durable, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(record: logging.LogRecord) -> bool:
        raise RuntimeError(record.msg)

    monkeypatch.setattr(logging.getLogger("molam_sdk.durable"), "filters", [broken])
    journal_on(database, half, encryption_keys=[NEW]).begin(entry())
    assert len(journal_on(database, half, encryption_keys=[OLD]).claim(1, lease=60.0)) == 1


@pytest.mark.parametrize("column", ["target", "region", "operation", "account", "created_at", "fingerprint", "owner"])
def test_a_body_that_was_moved_to_another_row_is_not_sent(database: Durable, column: str) -> None:
    journal = journal_on(database, "sync", encryption_keys=[OLD])
    journal.begin(entry())
    database.execute(f"UPDATE molam_calls SET {column} = {0 if column == 'created_at' else repr('/moved')}")  # noqa: S608
    ((_, claimed),) = journal.claim(10, 0.0, scope(former_owners=("/moved",)))
    assert claimed.content is None
    assert re.search(r"another row|not that of its body", claimed.unreadable or "")


def test_without_its_body_a_call_is_still_told_from_another(half: str, database: Durable) -> None:
    """With a key that is gone nobody can tell, so nobody may hear that nothing was done."""
    journal = journal_on(database, half, encryption_keys=[OLD])
    journal.finish(journal.begin(entry()), ended("succeeded"))
    rotated = journal_on(database, half, encryption_keys=[NEW, OLD])
    assert rotated.start(entry()).in_doubt
    with pytest.raises(IdempotencyError):
        rotated.begin(entry(content=b"x"))
    for keys in (None, [NEW]):
        wrong = journal_on(database, half, encryption_keys=keys)
        with pytest.raises(StorageError, match="encryption_keys") as caught:
            wrong.begin(entry())
        assert caught.value.outcome == "unknown"


def test_a_stale_call_that_is_made_again_is_sealed_again(half: str, database: Durable) -> None:
    journal = journal_on(database, half, encryption_keys=[OLD])
    journal.finish(journal.begin(entry()), ended("stale"))
    rotated = journal_on(database, half, encryption_keys=[NEW, OLD])
    rotated.begin(entry())
    ((_, claimed),) = journal_on(database, half, encryption_keys=[NEW]).claim(10, lease=0.0)
    assert (claimed.content, claimed.unreadable) == (CONTENT, None)


def test_a_redacted_journal_keeps_no_body(half: str, database: Durable) -> None:
    journal = journal_on(database, half, bodies="redacted")
    token = journal.begin(entry())
    assert b"22177" not in everything_kept(database)
    with pytest.raises(IdempotencyError):
        journal.begin(entry(content=b"other"))
    journal.finish(token, ended("succeeded"))
    assert state(database) == "succeeded"


def test_a_redacted_body_is_not_found_by_trying_where_there_are_keys(half: str, database: Durable) -> None:
    before = journal_on(database, half, bodies="redacted", encryption_keys=[OLD])
    before.begin(entry())
    kept = everything_kept(database)
    assert b"22177" not in kept
    assert entry().fingerprint.encode() not in kept
    after = journal_on(database, half, bodies="redacted", encryption_keys=[NEW, OLD])
    after.begin(entry())
    for other in (after, journal_on(database, half, encryption_keys=[OLD])):
        with pytest.raises(IdempotencyError):
            other.begin(entry(content=b"other"))
    with pytest.raises(StorageError, match="encryption_keys"):
        journal_on(database, half).begin(entry())
    ((_, claimed),) = after.claim(10, lease=0.0)
    assert (claimed.content, claimed.content_kept) == (None, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encryption_keys": []}, "one or more keys"),
        ({"encryption_keys": ["short"]}, "one or more keys"),
        ({"encryption_keys": [OLD, b"x"]}, "one or more keys"),
        ({"encryption_keys": [None]}, "one or more keys"),
        ({"bodies": "encrypted"}, "pass encryption_keys"),
    ],
)
def test_options_that_cannot_work_are_refused(durable: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Journal(durable("sqlite").engine(), **options)
