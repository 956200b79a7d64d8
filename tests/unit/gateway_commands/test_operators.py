"""Accounts, API keys and signing keys from the terminal, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from molam_gateway.cli import main
from molam_gateway.vault import generate_key

from .conftest import Run


def made(run: Run, *options: str) -> dict[str, Any]:
    """A new key of a new account."""
    account = run("accounts", "create")[0]["id"]
    return run("keys", "create", "--account", account, "--mode", "test", "--scopes", "payments:read", *options)[0]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_accounts_are_made_and_listed(run: Run) -> None:
    first = run("accounts", "create")[0]
    second = run("accounts", "create", "--molam-id", "MOLAM-ACME-0001", "--region", "af-south")[0]
    assert first["id"].startswith("acct_")
    assert (second["molam_id"], second["home_region"]) == ("MOLAM-ACME-0001", "af-south")
    assert run("accounts", "list") == [first, second]


@pytest.mark.parametrize(("mode", "prefix"), [("live", "sk_live_"), ("test", "sk_test_")])
def test_a_keys_secret_is_printed_once(run: Run, mode: str, prefix: str) -> None:
    account = run("accounts", "create")[0]["id"]
    key = run("keys", "create", "--account", account, "--mode", mode, "--scopes", "refunds:write, payments:read")[0]
    secret = key.pop("secret")
    assert secret.startswith(prefix)
    assert (key["scopes"], key["livemode"]) == (["payments:read", "refunds:write"], mode == "live")
    assert (key["last4"], key["expires_at"]) == (secret[-4:], None)
    assert run("keys", "list") == run("keys", "list", "--account", account) == [key]
    assert run("keys", "list", "--account", "acct_other") == []


def test_a_key_may_end_by_itself(run: Run) -> None:
    key = made(run, "--expires-in-days", "30")
    assert at(key["expires_at"]) - at(key["created_at"]) == timedelta(days=30)


def test_rotation_leaves_both_good_for_a_while(run: Run) -> None:
    old = made(run, "--name", "shop", "--expires-in-days", "30")
    new = run("keys", "rotate", old["id"], "--overlap", "600")[0]
    assert new["secret"] != old["secret"]
    assert (new["account"], new["scopes"], new["name"]) == (old["account"], old["scopes"], "shop")
    assert at(new["expires_at"]) - at(new["created_at"]) == timedelta(days=30)
    ending = run("keys", "list")[0]
    assert ending["id"] == old["id"]
    assert at(ending["expires_at"]) - at(new["created_at"]) == timedelta(seconds=600)


def test_a_rotation_does_not_prolong_a_key(run: Run) -> None:
    old = made(run, "--expires-in-days", "1")
    run("keys", "rotate", old["id"], "--overlap", "864000")
    assert run("keys", "list")[0]["expires_at"] == old["expires_at"]


def test_an_ended_key_is_not_changed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    key = made(run)
    assert run("keys", "revoke", key["id"])[0]["revoked_at"]
    for action in ("revoke", "rotate"):
        assert main(["keys", action, key["id"]]) == 2
        assert "revoked already" in capsys.readouterr().err
    assert main(["keys", "revoke", "key_none"]) == 2
    assert "there is no API key key_none" in capsys.readouterr().err


def test_everything_is_in_the_audit_trail_without_secrets(run: Run, database_url: str) -> None:
    key = made(run)
    run("keys", "rotate", key["id"])
    run("keys", "revoke", key["id"])
    run("signing-keys", "rotate")
    chains = run("audit", "verify", "--database", database_url)
    counted = {(each["account"], each["livemode"]): each["entries"] for each in chains}
    assert counted == {(key["account"], True): 1, (key["account"], False): 5, ("#gateway", True): 1}
    assert all(each["verified"] and each["unsealed"] == 0 for each in chains)


def test_signing_keys_are_retired_once_no_token_needs_them(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("accounts", "create")
    assert run("signing-keys", "retire") == [{"retired": 0}]
    assert run("signing-keys", "rotate")[0]["kid"].startswith("jwk_")
    assert main(["signing-keys", "retire"]) == 2
    assert "--now" in capsys.readouterr().err
    assert run("signing-keys", "retire", "--now") == [{"retired": 1}]


def test_another_encryption_key_changes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("accounts", "create")
    right = run("accounts", "list")
    for wrong, words in ((generate_key(), "another encryption key"), ("short", "32 bytes"), ("", "set it to the keys")):
        with monkeypatch.context() as patch:
            patch.setenv("MOLAM_GATEWAY_KEY", wrong)
            assert main(["accounts", "create"]) != 0
        error = capsys.readouterr().err
        assert words in error
        assert len(error.splitlines()) == 1
    assert run("accounts", "list") == right


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["keys", "create", "--account", "acct_x", "--mode", "live", "--scopes", "payments:steal"], "payments:steal"),
        (["keys", "create", "--account", "acct_x", "--mode", "live", "--scopes", "all"], "there is no account acct_x"),
        (["keys", "list", "--database", "sqlite:////nowhere/x.db"], "name an existing database"),
        (["keys", "list", "--database", "mysql://me:hush@x/y"], "name an existing database"),
        (["keys", "list", "--database", "postgresql://me:hush@127.0.0.1:1/x"], "127.0.0.1"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Run, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("accounts", "list")
    assert main(arguments) in {1, 2}
    output = capsys.readouterr()
    assert output.out == ""
    assert words in output.err
    assert len(output.err.splitlines()) == 1
    assert "hush" not in output.err


@pytest.mark.parametrize(
    "command", [["cases", "list"], ["audit", "verify"], ["migrate"], ["rotate-credentials"], ["keys", "list"]]
)
def test_without_a_database_the_variable_is_named(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MOLAM_GATEWAY_DATABASE", raising=False)
    with pytest.raises(SystemExit, match="2"):
        main(command)
    assert "set MOLAM_GATEWAY_DATABASE, or pass --database URL" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--expires-in-days", "0"], ["--expires-in-days", "nan"], ["--mode", "both"]])
def test_options_that_cannot_be(option: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", "--account", "a", "--mode", "live", "--scopes", "all", *option])


def test_a_database_of_another_version_is_refused(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path_factory.mktemp("old") / "empty.db"
    file.touch()
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", generate_key())
    assert main(["accounts", "list", "--database", f"sqlite:///{file}"]) == 2
    assert "molam-gateway migrate" in capsys.readouterr().err
