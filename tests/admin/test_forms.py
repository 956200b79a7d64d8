"""Forms count only if a page of ours made them for whoever sends them."""

import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver

from .letters import die
from .person import Person

REDRIVE = "/admin/webhooks/redrive"


def fields(person: Person) -> dict[str, str]:
    return {"csrf": person.csrf(REDRIVE), "once": person.once(REDRIVE)}


def test_a_form_of_ours_counts(person: Person) -> None:
    answer = person.post(REDRIVE, fields(person))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/webhooks?redriven=0")


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_one_from_another_page_does_not(person: Person, origin: str | None) -> None:
    assert person.post(REDRIVE, fields(person), origin=origin).status_code == 403


def test_nor_one_that_the_browser_calls_foreign(person: Person) -> None:
    headers = {"Sec-Fetch-Site": "same-site"}
    assert person.post(REDRIVE, fields(person), **headers).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_nor_one_without_its_token(person: Person, token: str) -> None:
    assert person.post(REDRIVE, {**fields(person), "csrf": token}).status_code == 403


def test_nor_one_with_somebody_elses_token(person: Person, sandbox: Sandbox) -> None:
    with Person(sandbox.url) as other:
        other.sign_in(sandbox.api_key)
        foreign = other.csrf(REDRIVE)
    assert person.post(REDRIVE, {**fields(person), "csrf": foreign}).status_code == 403


def test_signing_in_needs_a_form_of_ours_too(sandbox: Sandbox) -> None:
    """Nobody can be signed in to another's account by a page that they look at."""
    with Person(sandbox.url) as person:
        assert person.post("/admin/sign-in", {"key": sandbox.api_key}).status_code == 403
        csrf = person.csrf("/admin/sign-in")
        evil = person.post("/admin/sign-in", {"key": sandbox.api_key, "csrf": csrf}, origin="http://evil.example")
        assert (evil.status_code, person.session) == (403, None)


def test_signing_out_too(person: Person) -> None:
    assert person.post("/admin/sign-out", {"csrf": "0" * 64}).status_code == 403
    assert person.get("/admin").status_code == 200


@pytest.mark.parametrize("body", [b"x" * 20_000, b"\xff\xfe", b"&".join(b"a=1" for _ in range(100))])
def test_what_is_no_form_is_refused(person: Person, body: bytes) -> None:
    headers = {"Origin": person.url, "Content-Type": "application/x-www-form-urlencoded"}
    assert person.client.post(REDRIVE, content=body, headers=headers).status_code == 400
    json = {**headers, "Content-Type": "application/json"}
    assert person.client.post(REDRIVE, content=b"{}", headers=json).status_code == 400


def test_a_form_that_is_sent_twice_acts_once(person: Person, api: Api) -> None:
    with Receiver(500) as failing:
        endpoint = api.endpoint(failing.url, "payment_intent.created")
        api.intent()
        die(api, endpoint["id"])
        sent = {**fields(person), "endpoint": endpoint["id"]}
        answers = [person.post(REDRIVE, sent).headers["location"] for _ in range(2)]
        assert answers == ["/admin/webhooks?redriven=1"] * 2
        die(api, endpoint["id"])
        assert len(failing.deliveries) == 12
    api.client.delete(f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Idempotency-Key": endpoint["id"]})
