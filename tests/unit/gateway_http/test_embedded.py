"""A sandbox inside this process."""

import threading
from pathlib import Path

import httpx
import pytest
from starlette.routing import Router

from molam_gateway.embedded import Sandbox
from molam_gateway.http import transport
from molam_gateway.sandbox import SeedError
from molam_gateway.serving import LaunchError, database_at
from tests.gateway_fixtures import Api, eventually


def test_it_serves_while_the_block_runs_and_leaves_nothing_behind() -> None:
    before = threading.active_count()
    with Sandbox() as sandbox:
        url = sandbox.url
        assert httpx.get(url + "/v1/account", headers={"Authorization": f"Bearer {sandbox.api_key}"}).is_success
        assert sandbox.admin_url.startswith(url + "/admin/open/")
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_two_at_once_know_nothing_of_each_other() -> None:
    with Sandbox() as one, Sandbox() as other:
        assert one.url != other.url
        assert one.api_key != other.api_key
        assert one.webhook_secret != other.webhook_secret
        assert (
            httpx.get(other.url + "/v1/account", headers={"Authorization": f"Bearer {one.api_key}"}).status_code == 401
        )


def test_it_can_be_started_again() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            assert httpx.get(sandbox.admin_url).is_success


def test_it_says_when_it_does_not_run() -> None:
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="context manager"):
        _ = sandbox.url
    with sandbox, pytest.raises(RuntimeError, match="runs already"):
        sandbox.start()
    sandbox.stop()
    with pytest.raises(RuntimeError, match="context manager"):
        _ = sandbox.api_key


def test_what_keeps_it_from_starting_is_raised(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(Exception, match="database"):
        Sandbox(database=tmp_path / "broken.db").start()
    with pytest.raises(ValueError, match="sk_test_"):
        Sandbox(api_key="sk_live_x").start()


@pytest.mark.parametrize("secret", ["clé-secrète", "foo", "whsec_", "whsec_ ", "whsec_no-base64", " ", ""])
def test_secrets_that_cannot_sign_are_refused(secret: str) -> None:
    with pytest.raises(SeedError, match="webhook secret"):
        Sandbox(webhook_secret=secret).start()


def test_a_start_that_takes_too_long_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    sandbox = Sandbox()
    monkeypatch.setattr("molam_gateway.embedded._START_TIMEOUT", 0.001)
    with pytest.raises(TimeoutError):
        sandbox.start()
    eventually(lambda: threading.active_count() == before)
    monkeypatch.undo()
    with sandbox:
        assert httpx.get(sandbox.admin_url).is_success


def test_a_fraction_of_a_second_to_drain_is_not_none() -> None:
    server = transport.server(Router(), drain_timeout=0.5, ready=threading.Event().set, draining=threading.Event().set)
    assert server.config.timeout_graceful_shutdown == 1


def test_given_credentials_are_its_own() -> None:
    with Sandbox(api_key="sk_test_given", webhook_secret="whsec_Z2l2ZW4=") as sandbox:
        assert (sandbox.api_key, sandbox.webhook_secret) == ("sk_test_given", "whsec_Z2l2ZW4=")
        api = Api(sandbox.url, "sk_test_given")
        assert api.endpoint("https://shop.example.com/")["secret"] == "whsec_Z2l2ZW4="
        api.close()


def test_a_new_key_joins_the_old_one_in_a_database(tmp_path: Path) -> None:
    with Sandbox(database=tmp_path / "s.db", api_key="sk_test_first") as sandbox:
        account = sandbox.account_id
    with Sandbox(database=tmp_path / "s.db", api_key="sk_test_second") as sandbox:
        assert sandbox.account_id == account
        for key in ("sk_test_first", "sk_test_second"):
            answer = httpx.get(sandbox.url + "/v1/account", headers={"Authorization": f"Bearer {key}"})
            assert answer.json()["id"] == account


def test_paths_in_database_urls() -> None:
    assert database_at("sqlite:///relative/x.db") == Path("relative/x.db")
    assert database_at("sqlite:////absolute/x.db") == Path("/absolute/x.db")
    with pytest.raises(LaunchError, match="kept in SQLite"):
        database_at("x.db")
