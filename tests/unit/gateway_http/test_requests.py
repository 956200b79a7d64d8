"""Which check a request fails first, and what every answer carries."""

import asyncio
import re
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_gateway.app import open_gateway
from molam_gateway.embedded import Sandbox
from molam_gateway.http import transport
from molam_gateway.settings import Settings
from molam_gateway.vault import Vault, generate_key
from tests.gateway_fixtures import Api

INTENTS = "/v1/connect/payment_intents"
VALID: dict[str, object] = {"amount": 2500, "currency": "USD"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, after the checks that hold for each."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["request_id"] == answer.headers["request-id"]
    assert document["doc_url"].endswith(code)
    return document


def test_every_answer_has_a_request_id_of_its_own(shared_api: Api) -> None:
    answers = [shared_api.get("/v1/account"), shared_api.get("/v1/account"), shared_api.get("/nowhere")]
    ids = {answer.headers["request-id"] for answer in answers}
    assert len(ids) == 3
    assert all(re.fullmatch(r"req_[0-9A-Za-z]{22}", each) for each in ids)
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_the_server_does_not_name_itself(shared_api: Api) -> None:
    assert "server" not in shared_api.get("/v1/account").headers


@pytest.mark.parametrize("path", ["/v1/account", "/nowhere", "/v1/account?unknown=1"])
def test_the_attempt_id_is_echoed_on_every_answer(shared_api: Api, path: str) -> None:
    answer = shared_api.client.get(path, headers={"Molam-Attempt-Id": "at_1-X"})
    assert answer.headers["molam-attempt-id"] == "at_1-X"


def test_other_attempt_ids_are_refused_and_not_echoed(shared_api: Api) -> None:
    answer = shared_api.client.get("/v1/account", headers={"Molam-Attempt-Id": "a b"})
    assert problem(answer, 400, "parameter_invalid")["param"] == "Molam-Attempt-Id"
    assert "molam-attempt-id" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/connect/payment_intents/", "/v2/account", "/v1/connect/charges/a%2Fb/refund/x"]
)
def test_unknown_paths(shared_api: Api, path: str) -> None:
    assert "/docs" in problem(shared_api.get(path), 404, "route_missing")["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/account", "GET"),
        ("DELETE", INTENTS, "GET, POST"),
        ("PATCH", INTENTS, "GET, POST"),
        ("TRACE", INTENTS, "GET, POST"),
    ],
)
def test_wrong_methods_name_the_right_ones(shared_api: Api, method: str, path: str, allow: str) -> None:
    answer = shared_api.client.request(method, path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_neither_head_nor_options(shared_api: Api, method: str) -> None:
    answer = shared_api.client.request(method, "/v1/account")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Basic abc", "Bearer sk_test_other", "Bearer sk_test_a b", "Bearer jwt"]
)
def test_unknown_keys(shared_gateway: Sandbox, value: str | None) -> None:
    answer = httpx.post(shared_gateway.url + INTENTS, headers={} if value is None else {"Authorization": value})
    problem(answer, 401, "api_key_invalid")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_scheme_is_case_insensitive(shared_gateway: Sandbox) -> None:
    answer = httpx.get(
        shared_gateway.url + "/v1/account", headers={"Authorization": f"bearer {shared_gateway.api_key}"}
    )
    assert answer.status_code == 200


def test_a_live_key_is_refused_by_name(shared_gateway: Sandbox) -> None:
    answer = httpx.get(shared_gateway.url + "/v1/account", headers={"Authorization": "Bearer sk_live_abc"})
    problem(answer, 403, "livemode_mismatch")


def test_molam_account_may_name_the_own_account_only(shared_api: Api, shared_gateway: Sandbox) -> None:
    own = shared_api.client.get("/v1/account", headers={"Molam-Account": shared_gateway.account_id})
    assert own.json()["id"] == shared_gateway.account_id
    problem(shared_api.client.get("/v1/account", headers={"Molam-Account": "acct_other"}), 403, "account_forbidden")


def test_authentication_comes_before_everything_but_the_path(shared_gateway: Sandbox) -> None:
    broken = httpx.post(shared_gateway.url + INTENTS, content=b"{", headers={"Authorization": "Bearer x"})
    problem(broken, 401, "api_key_invalid")


def test_schema_comes_before_the_idempotency_key(shared_api: Api) -> None:
    problem(shared_api.client.post(INTENTS, json={"amount": 1}), 400, "parameter_missing")
    problem(shared_api.client.post(INTENTS, json=VALID), 400, "idempotency_key_missing")
    refused = shared_api.client.post(INTENTS, json=VALID, headers={"Idempotency-Key": "a b"})
    problem(refused, 400, "idempotency_key_invalid")


def test_a_quoted_key_is_the_bare_one(shared_api: Api) -> None:
    first = shared_api.post(INTENTS, VALID, key="quoted-1")
    second = shared_api.post(INTENTS, VALID, key='"quoted-1"')
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request-id"] == first.headers["request-id"]
    assert second.headers["request-id"] != first.headers["request-id"]
    assert second.content == first.content


def test_a_replay_echoes_the_current_attempt(shared_api: Api) -> None:
    shared_api.post(INTENTS, VALID, key="attempts-1", headers={"Molam-Attempt-Id": "first"})
    again = shared_api.post(INTENTS, VALID, key="attempts-1", headers={"Molam-Attempt-Id": "second"})
    assert again.headers["molam-attempt-id"] == "second"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"currency": "USD"}, "parameter_missing", "amount"),
        ({**VALID, "amount": 0}, "amount_invalid", "amount"),
        ({**VALID, "amount": 2**53}, "amount_invalid", "amount"),
        ({**VALID, "amount": 1.5}, "amount_invalid", "amount"),
        ({**VALID, "amount": "100"}, "amount_invalid", "amount"),
        ({**VALID, "amount": True}, "amount_invalid", "amount"),
        ({**VALID, "surprise": 1}, "parameter_unknown", "surprise"),
        ({**VALID, "customer": {"shoe_size": 1}}, "parameter_unknown", "customer.shoe_size"),
        ({**VALID, "metadata": {"a": 1}}, "parameter_invalid", "metadata.a"),
        ({**VALID, "capture_method": "later"}, "parameter_invalid", "capture_method"),
    ],
)
def test_bodies_that_break_the_schema(shared_api: Api, body: dict[str, object], code: str, param: str) -> None:
    document = problem(shared_api.post(INTENTS, body), 400, code)
    assert document["param"] == param
    assert {"pointer": "/" + param.replace(".", "/"), "code": code} in [
        {"pointer": each["pointer"], "code": each["code"]} for each in document["errors"]
    ]


def test_every_fault_of_a_body_is_listed(shared_api: Api) -> None:
    document = problem(shared_api.post(INTENTS, {"amount": -1, "surprise": 1}), 400, "parameter_missing")
    assert [each["pointer"] for each in document["errors"]] == ["/currency", "/surprise", "/amount"]


def test_long_member_names_fit_into_the_problem(shared_api: Api) -> None:
    document = problem(shared_api.post(INTENTS, {**VALID, "x" * 5000: 1}), 400, "parameter_unknown")
    assert len(document["param"]) == 255


def test_an_integral_float_is_an_integer(shared_api: Api) -> None:
    answer = shared_api.client.post(
        INTENTS,
        content=b'{"amount": 409.0, "currency": "USD"}',
        headers={"Content-Type": "application/json", "Idempotency-Key": "float-1"},
    )
    assert answer.json()["amount"] == 409
    assert b'"amount":409,' in answer.content


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"amount": 1, "amount": 2, "currency": "USD"}', "application/json", 400, "malformed_json"),
        (b'{"amount": NaN, "currency": "USD"}', "application/json", 400, "malformed_json"),
        (b"[1]", "application/json", 400, "parameter_invalid"),
        (b"", "application/json", 400, "parameter_missing"),
        (b"", "", 400, "parameter_missing"),
        (b"{}", "", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{" + b" " * 1_000_000 + b"}", "application/json", 413, "body_too_large"),
    ],
    ids=["open", "twice", "nan", "array", "empty", "nothing", "untyped", "text", "form", "large"],
)
def test_bodies_that_are_no_json_object(
    shared_api: Api, content: bytes, media_type: str, status: int, code: str
) -> None:
    headers = {"Idempotency-Key": "body-1", **({"Content-Type": media_type} if media_type else {})}
    problem(shared_api.client.post(INTENTS, content=content, headers=headers), status, code)


def test_a_body_without_a_length_is_limited_too(shared_api: Api) -> None:
    def chunks() -> Any:
        for _ in range(40):
            yield b" " * 50_000

    answer = shared_api.client.post(INTENTS, content=chunks(), headers={"Content-Type": "application/json"})
    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Content-Type": "application/json; charset=latin-1"}, "UTF-8"),
        ({"Content-Type": 'application/json; charset="utf-16"'}, "UTF-8"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "Content-Encoding"),
    ],
)
def test_other_representations_are_refused(shared_api: Api, headers: dict[str, str], word: str) -> None:
    document = problem(shared_api.post(INTENTS, VALID, headers=headers), 415, "unsupported_media_type")
    assert word in document["detail"]


@pytest.mark.parametrize("amount", ["0.99999999999999999", "9007199254740991.4", "1e-400", "1e-99999999999999999999"])
def test_an_amount_is_never_rounded(shared_api: Api, amount: str) -> None:
    content = f'{{"amount": {amount}, "currency": "USD"}}'.encode()
    sent = {"Content-Type": "application/json", "Idempotency-Key": f"rounding-{amount}"}
    problem(shared_api.client.post(INTENTS, content=content, headers=sent), 400, "malformed_json")


def test_an_encoded_slash_is_no_separator(shared_api: Api) -> None:
    intent = shared_api.intent()
    answer = shared_api.post(f"{INTENTS}/{intent['id']}%2Fcancel")
    problem(answer, 405, "method_not_allowed")
    problem(shared_api.get(f"{INTENTS}/..%2F..%2Faccount"), 400, "parameter_invalid")
    assert shared_api.get(f"{INTENTS}/{intent['id']}").json() == intent


def test_a_prefix_that_is_there_twice_is_named(shared_api: Api) -> None:
    assert "base URL" in problem(shared_api.get("/v1/v1/account"), 404, "route_missing")["detail"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/admin"), ("PUT", "/sandbox/actions/x")])
def test_pages_asked_with_another_method(shared_api: Api, method: str, path: str) -> None:
    answer = shared_api.client.request(method, path)
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/admin", "/sandbox/actions/unknown"])
def test_pages_have_a_request_id_too(shared_api: Api, path: str) -> None:
    assert shared_api.get(path).headers["request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("path", "body", "param", "words"),
    [
        ("/v1/webhook_endpoints", {"url": "ftp://x", "enabled_events": ["*"]}, "url", "https"),
        (
            "/v1/webhook_endpoints",
            {"url": "https://x.example/", "enabled_events": ["no"]},
            "enabled_events.0",
            "webhooks",
        ),
        ("/v1/sandbox/faults", {"kind": "no"}, "kind", '"error_before", "error_after"'),
        ("/v1/sandbox/faults", {"kind": "reset", "operation_id": "no"}, "operation_id", "no operation no"),
        (
            "/v1/treasury/payouts",
            {"amount": 1, "currency": "USD", "beneficiary": {"type": "bank"}},
            "beneficiary.type",
            '"bank_account"',
        ),
    ],
)
def test_a_refusal_is_said_in_words(
    shared_api: Api, path: str, body: dict[str, object], param: str, words: str
) -> None:
    document = problem(shared_api.post(path, body), 400, "parameter_invalid")
    assert document["param"] == param
    assert words in document["detail"]
    assert "(?:" not in document["detail"]


def test_a_version_is_refused_in_words(shared_api: Api) -> None:
    answer = shared_api.client.get("/v1/account", headers={"Molam-Version": "2026-13-01"})
    assert "(?:" not in problem(answer, 400, "parameter_invalid")["detail"]


def test_the_ledger_of_an_unknown_intent(shared_api: Api) -> None:
    problem(shared_api.get("/v1/sandbox/ledger", payment_intent="pi_unknown"), 404, "resource_missing")


def test_a_decline_says_what_happened_and_gives_no_advice(shared_api: Api) -> None:
    answer = shared_api.post(INTENTS, {**VALID, "payment_method": "pm_cpay_declined", "confirm": True})
    assert "ask" not in problem(answer, 402, "card_declined")["detail"]


def test_a_charset_does_not_matter(shared_api: Api) -> None:
    answer = shared_api.post(INTENTS, VALID, headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status_code == 201


def test_operations_without_a_body_take_none_or_an_empty_object(shared_api: Api) -> None:
    path = "/v1/treasury/payouts/po_0/cancel"
    problem(shared_api.post(path), 404, "resource_missing")
    problem(shared_api.post(path, {}), 404, "resource_missing")
    problem(shared_api.post(path, {"a": 1}), 400, "parameter_unknown")
    refused = shared_api.client.post(path, content=b"[1]", headers={"Idempotency-Key": "nobody-1"})
    problem(refused, 400, "parameter_invalid")


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ({"limit": "0"}, "parameter_invalid", "limit"),
        ({"limit": "101"}, "parameter_invalid", "limit"),
        ({"limit": "ten"}, "parameter_invalid", "limit"),
        ({"limit": ["1", "2"]}, "parameter_invalid", "limit"),
        ({"offset": "1"}, "parameter_unknown", "offset"),
        ({"starting_after": "pi_unknown"}, "parameter_invalid", "starting_after"),
        ({"created_at_gte": "yesterday"}, "parameter_invalid", "created_at_gte"),
    ],
)
def test_query_parameters(shared_api: Api, query: dict[str, Any], code: str, param: str) -> None:
    assert problem(shared_api.get(INTENTS, **query), 400, code)["param"] == param


@pytest.mark.parametrize("id", ["..", "a b", "%2e%2e", "é", "x" * 256, "a?b", "a\r\nb"])
def test_ids_that_are_none(shared_api: Api, id: str) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in id.encode())
    problem(
        shared_api.client.get(httpx.URL(str(shared_api.client.base_url) + f"{INTENTS}/{escaped}")),
        400,
        "parameter_invalid",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Molam-Version", "yesterday"),
        ("Molam-Version", "2026-02-30"),
        ("Molam-Deadline-Ms", "soon"),
        ("Molam-Deadline-Ms", "0"),
    ],
)
def test_headers_that_break_their_schema(shared_api: Api, name: str, value: str) -> None:
    assert (
        problem(shared_api.client.get("/v1/account", headers={name: value}), 400, "parameter_invalid")["param"] == name
    )


def test_the_headers_of_the_sdk_are_accepted(shared_api: Api) -> None:
    headers = {"Molam-Version": "2026-11-01", "Molam-Deadline-Ms": "999999999", "Molam-Attempt-Id": "at_1"}
    assert shared_api.client.get("/v1/account", headers=headers).status_code == 200


def test_too_little_time_left_does_nothing(shared_api: Api) -> None:
    body = {**VALID, "payment_method": "pm_cpay_ok", "confirm": True}
    late = shared_api.post(INTENTS, body, key="late-1", headers={"Molam-Deadline-Ms": "50"})
    problem(late, 503, "overloaded")
    assert shared_api.post(INTENTS, body, key="late-1").json()["status"] == "succeeded"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "localhost@evil.example"]
)
def test_foreign_hosts_are_refused(shared_api: Api, host: str) -> None:
    problem(shared_api.client.get("/v1/account", headers={"Host": host}), 403, "host_forbidden")


@pytest.mark.parametrize("path", ["/api/v1/health/live", "/api/v1/health/ready"])
@pytest.mark.parametrize("host", ["10.1.2.3:8080", "gateway:8080", ""])
def test_probes_are_answered_under_every_name(shared_api: Api, path: str, host: str) -> None:
    assert shared_api.client.get(path, headers={"Host": host}).status_code == 200


def answers(settings: Settings, *asked: tuple[str, str]) -> list[int]:
    """The status for each path and Host, of a gateway with such settings on a real socket."""

    async def run() -> list[int]:
        ready = asyncio.Event()
        with tempfile.TemporaryDirectory() as directory, closing(transport.bind("127.0.0.1", 0)) as listener:
            path = Path(directory) / "gateway.db"
            async with open_gateway(path, settings, Vault([generate_key()]), durable=False) as opened:
                server = transport.server(opened.app, drain_timeout=5, ready=ready.set, draining=opened.drain)
                running = asyncio.create_task(server.serve(sockets=[listener]))
                await ready.wait()
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                async with httpx.AsyncClient(base_url=url) as client:
                    found = [(await client.get(path, headers={"Host": host})).status_code for path, host in asked]
                server.stop()
                await asyncio.wait_for(running, 10)
                return found

    return asyncio.run(run())


def test_figures_under_a_foreign_name_are_for_named_networks_alone() -> None:
    asked = [("/metrics", "gateway:8080"), ("/metrics", "127.0.0.1"), ("/api/v1/health", "gateway:8080")]
    assert answers(Settings(metrics_networks=("127.0.0.0/8",)), *asked) == [200, 200, 403]
    assert answers(Settings(metrics_networks=("10.0.0.0/8",)), *asked) == [403, 200, 403]


def test_an_operator_names_further_hosts() -> None:
    named = [("/v1/account", each) for each in ("gateway:8080", "GATEWAY", "10.1.2.3:8080", "other", "gateway.evil")]
    assert answers(Settings(hosts=("gateway", "10.1.2.3")), *named) == [401, 401, 401, 403, 403]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:9"])
def test_names_of_this_machine_are_not(shared_api: Api, host: str) -> None:
    assert shared_api.client.get("/v1/account", headers={"Host": host}).status_code == 200
