"""Who gets in to the dashboard, and how long they stay."""

import re
from pathlib import Path

import httpx
import pytest

from molam_gateway.admin.cookies import Cookies
from molam_gateway.domain import admin_sessions
from molam_gateway.embedded import Sandbox

from .keys import new_key, read, write
from .person import Person

PAGES = ("", "/payments", "/webhooks", "/providers", "/cases", "/sdks")


def test_nobody_sees_anything_without_signing_in(sandbox: Sandbox) -> None:
    for path in (*PAGES, "/payments/pi_x", "/webhooks/redrive", "/search?q=x", "/deliveries/wd_x", "/cases/oc_x"):
        answer = httpx.get(f"{sandbox.url}/admin{path}")
        assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/admin/sign-in", b"")
    assert httpx.get(f"{sandbox.url}/admin/payments/rows").status_code == 401
    assert httpx.post(f"{sandbox.url}/admin/webhooks/redrive").status_code == 303


def test_a_slash_at_the_end_leads_to_the_dashboard(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.url}/admin/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")


def test_a_key_with_the_scope_signs_in(sandbox: Sandbox) -> None:
    with Person(sandbox.url) as person:
        assert (person.sign_in(sandbox.api_key).status_code, person.get("/admin").status_code) == (303, 200)


def test_the_cookie_is_for_the_browser_alone(sandbox: Sandbox) -> None:
    with Person(sandbox.url) as person:
        cookies = person.sign_in(sandbox.api_key).headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("molam_admin_")]
    assert "HttpOnly" in session
    assert "SameSite=strict" in session
    assert "Domain" not in session
    assert len(session.partition(";")[0].partition("=")[2]) == len("adm_") + 43


def test_on_https_no_other_host_can_set_the_cookie() -> None:
    cookies = Cookies.of("https://pay.example.com")
    assert (cookies.session, cookies.secure) == ("__Host-molam_admin", True)


@pytest.mark.parametrize(("key", "status"), [("", 401), ("sk_test_wrong", 401), ("sk_live_x", 403), ("\r\nX: y", 401)])
def test_other_keys_do_not(sandbox: Sandbox, key: str, status: int) -> None:
    with Person(sandbox.url) as person:
        answer = person.sign_in(key)
        assert (answer.status_code, person.session) == (status, None)
        assert not key.strip() or key not in answer.text


def test_a_key_without_the_scope_does_not(sandbox: Sandbox, database: Path) -> None:
    with Person(sandbox.url) as person:
        answer = person.sign_in(new_key(database, "payments:read", "audit:read"))
        assert (answer.status_code, "ops:read" in answer.text, person.session) == (403, True, None)


def test_a_token_does_not(sandbox: Sandbox) -> None:
    token = httpx.post(f"{sandbox.url}/api/v1/auth/token", json={"api_key": sandbox.api_key}).json()
    if "access_token" not in token:
        headers = {"Authorization": f"Bearer {sandbox.api_key}"}
        token = httpx.post(f"{sandbox.url}/api/v1/auth/token", json={}, headers=headers).json()
    with Person(sandbox.url) as person:
        assert person.sign_in(token["access_token"]).status_code == 401


def test_signing_in_makes_a_new_session_whatever_the_browser_held(sandbox: Sandbox) -> None:
    """Session fixation: a cookie that somebody planted is never the one that is signed in."""
    port = sandbox.url.rpartition(":")[2]
    with Person(sandbox.url) as person:
        person.client.cookies.set(f"molam_admin_{port}", "planted", domain="127.0.0.1", path="/")
        person.client.cookies.set(f"molam_visitor_{port}", "planted", domain="127.0.0.1", path="/")
        answer = person.sign_in(sandbox.api_key)
        assert f"molam_admin_{port}=planted" not in str(answer.headers)
    planted = {"Cookie": f"molam_admin_{port}=planted"}
    assert httpx.get(f"{sandbox.url}/admin", headers=planted).status_code == 303


def test_only_a_keyed_fingerprint_is_stored(person: Person, database: Path) -> None:
    assert person.session is not None
    rows = read(database, "SELECT * FROM admin_sessions")
    assert rows
    assert person.session not in str(rows)


def test_signing_out_ends_the_session_itself(person: Person, sandbox: Sandbox) -> None:
    port, session = sandbox.url.rpartition(":")[2], person.session
    answer = person.post("/admin/sign-out", {"csrf": person.csrf("/admin")})
    assert (answer.status_code, person.session) == (303, None)
    kept = httpx.get(f"{sandbox.url}/admin", headers={"Cookie": f"molam_admin_{port}={session}"})
    assert kept.status_code == 303


@pytest.mark.parametrize(("column", "age"), [("seen_at", admin_sessions.IDLE), ("created_at", admin_sessions.ABSOLUTE)])
def test_sessions_end(person: Person, database: Path, column: str, age: int) -> None:
    assert person.get("/admin").status_code == 200
    change = {"seen_at": "seen_at = seen_at - ?", "created_at": "created_at = created_at - ?"}[column]
    write(database, f"UPDATE admin_sessions SET {change}", age)  # noqa: S608 - one of two texts above
    assert person.get("/admin").status_code == 303


def test_reading_keeps_a_session_but_a_script_that_polls_does_not(person: Person, database: Path) -> None:
    aged = "UPDATE admin_sessions SET seen_at = seen_at - 120000"
    seen = "SELECT MAX(seen_at) FROM admin_sessions"
    write(database, aged)
    before = read(database, seen)
    person.get("/admin/payments/rows")
    assert read(database, seen) == before
    person.get("/admin/payments")
    assert read(database, seen) > before


def test_a_session_ends_with_its_key(sandbox: Sandbox, database: Path) -> None:
    key = new_key(database, "ops:read")
    with Person(sandbox.url) as person:
        person.sign_in(key)
        assert person.get("/admin").status_code == 200
        write(database, "UPDATE api_keys SET revoked_at = 1 WHERE last4 = ?", key[-4:])
        assert person.get("/admin").status_code == 303


def test_the_printed_address_signs_in_once(database: Path) -> None:
    with Sandbox() as other:
        path = other.admin_url.removeprefix(other.url)
        assert other.api_key not in other.admin_url
        with Person(other.url) as first:
            for _ in range(2):
                assert first.get(path).status_code == 200
            assert first.session is None
            assert first.post(path, {"csrf": first.csrf(path)}).status_code == 303
            assert first.get("/admin").status_code == 200
        with Person(other.url) as second:
            answer = second.post(path, {"csrf": second.csrf(path)})
            assert (answer.status_code, second.session) == (410, None)


def test_what_people_do_is_in_the_audit_trail(sandbox: Sandbox) -> None:
    with Person(sandbox.url) as person:
        person.sign_in(sandbox.api_key)
        person.post("/admin/sign-out", {"csrf": person.csrf("/admin")})
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    entries = httpx.get(f"{sandbox.url}/v1/audit_logs", headers=headers).json()["data"]
    assert [entry["action"] for entry in entries[:2]] == ["admin.sign_out", "admin.sign_in"]
    assert {entry["actor"]["type"] for entry in entries[:2]} == {"user"}
    assert all(re.fullmatch(r"key_\w+", entry["actor"]["id"]) for entry in entries[:2])
    assert entries[0]["address"] == "127.0.0.1"
