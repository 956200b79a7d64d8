"""Secrets at rest."""

import stat
from pathlib import Path

import pytest

from molam_gateway.vault import Vault, VaultError, generate_key, key_beside


def test_what_was_encrypted_comes_back() -> None:
    vault = Vault([generate_key()])
    token = vault.encrypt("row:1", "whsec_\0 secret")
    assert "secret" not in token
    assert vault.decrypt("row:1", token) == "whsec_\0 secret"


def test_a_ciphertext_is_of_no_use_in_another_row() -> None:
    vault = Vault([generate_key()])
    with pytest.raises(VaultError, match="row:2 was encrypted for something else"):
        vault.decrypt("row:2", vault.encrypt("row:1", "x"))


def test_an_older_key_still_reads() -> None:
    old, new = generate_key(), generate_key()
    token = Vault([old]).encrypt("row:1", "x")
    assert Vault([new, old]).decrypt("row:1", token) == "x"
    with pytest.raises(VaultError, match="configured keys"):
        Vault([new]).decrypt("row:1", token)


def test_fingerprints_follow_the_keys() -> None:
    old, new = generate_key(), generate_key()
    assert Vault([old]).fingerprint("sk") in Vault([new, old]).fingerprints("sk")
    assert Vault([old]).fingerprint("sk") not in Vault([new]).fingerprints("sk")
    assert "sk" not in Vault([old]).fingerprint("sk")


def test_derived_values_are_stable_and_distinct() -> None:
    key = generate_key()
    assert Vault([key]).derive("a") == Vault([key]).derive("a") != Vault([key]).derive("b")


@pytest.mark.parametrize("key", ["", "short", "é" * 44, "A" * 43])
def test_bad_keys_are_refused(key: str) -> None:
    with pytest.raises(VaultError, match="32 bytes"):
        Vault([key])


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    key = key_beside(database)
    assert key_beside(database) == key
    assert stat.S_IMODE((tmp_path / "sandbox.db.key").stat().st_mode) == 0o600
    Vault([key])
