"""Cassettes: recorded from a real gateway without anything that is secret or personal, and answered again."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import vcr

from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.testing import (
    CassetteError,
    FaultControl,
    LocalSandbox,
    RecordingTransport,
    ReplayingTransport,
    guarded,
)
from tests.unit.sdk.spec_examples import example_answer

PERSON = {"phone": "+221781234567", "name": "Awa Diallo", "email": "awa@example.com"}


def shop(client: MolamClient) -> list[str]:
    intent = client.payment_intents.create(
        amount=2500,
        currency="USD",
        payment_method="pm_cpay_ok",
        confirm=True,
        customer=PERSON,
        description="For Awa Diallo",
        metadata={"note": "call Awa on +221781234567"},
    )
    endpoint = client.webhook_endpoints.create(url="http://127.0.0.1:9/hook?token=hush", enabled_events=["*"])
    with pytest.raises(errors.NotFoundError) as missing:
        client.refunds.retrieve("ref_404")
    found = [each.id for each in client.payment_intents.list(limit=1)]
    return [intent.id, str(intent.status), endpoint.id, *found, missing.value.code or ""]


def recorded(sandbox: LocalSandbox, path: Path) -> list[str]:
    with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url, transport=RecordingTransport(path)) as client:
        return shop(client)


@pytest.fixture
def cassette(molam_sandbox: LocalSandbox, tmp_path: Path) -> tuple[Path, list[str]]:
    """A cassette, and what the test that recorded it found."""
    path = tmp_path / "shop.json"
    return path, recorded(molam_sandbox, path)


def test_what_was_recorded_is_answered_again_without_a_network(cassette: tuple[Path, list[str]]) -> None:
    path, found = cassette
    with guarded(), ReplayingTransport(path) as tape:
        assert shop(MolamClient(api_key="sk_test_other", transport=tape)) == found


def test_the_asynchronous_client_records_and_replays(molam_sandbox: LocalSandbox, tmp_path: Path) -> None:
    path = tmp_path / "balance.json"

    async def look(**options: Any) -> Any:
        async with MolamAsyncClient(**options) as client:
            intent = await client.payment_intents.create(amount=100, currency="XOF")
            return intent.id, (await client.payment_intents.retrieve(intent.id)).status

    live = {"api_key": molam_sandbox.api_key, "api_base": molam_sandbox.url}
    found = asyncio.run(look(**live, transport=RecordingTransport(path)))
    tape = ReplayingTransport(path)
    assert asyncio.run(look(api_key="sk_test_other", transport=tape)) == found
    tape.assert_all_used()


def test_nothing_secret_or_personal_is_kept(cassette: tuple[Path, list[str]], molam_sandbox: LocalSandbox) -> None:
    text = cassette[0].read_text("utf-8")
    for secret in (molam_sandbox.api_key, molam_sandbox.webhook_secret, "sk_test_", "hush", "Bearer", "molam-1"):
        assert secret not in text, secret
    for personal in ("Awa", "Diallo", "781234567", "awa@", "call "):
        assert personal not in text, personal
    assert re.findall("idempotency|authorization|signature", text, re.IGNORECASE) == ["idempotency"] * text.count(
        "idempotency"
    )
    first = json.loads(text)["interactions"][0]
    assert first["request"]["body"]["customer"] == {"phone": "***", "name": "***", "email": "***"}
    assert first["request"]["body"]["amount"] == first["answer"]["body"]["amount"] == 2500
    assert first["answer"]["body"]["idempotency_key"] == "***"


def test_a_failure_is_recorded_too(molam_sandbox: LocalSandbox, molam_faults: FaultControl, tmp_path: Path) -> None:
    path = tmp_path / "lost.json"
    molam_faults.lose_answer("retrieve_balance")
    transport = RecordingTransport(path, httpx.HTTPTransport())
    options: dict[str, Any] = {"api_key": molam_sandbox.api_key, "api_base": molam_sandbox.url, "backoff_factor": 0}
    with MolamClient(**options, transport=transport) as client:
        assert client.with_raw_response.balance.retrieve().attempts == 2
    with ReplayingTransport(path) as tape, MolamClient(**options, transport=tape) as client:
        assert client.with_raw_response.balance.retrieve().attempts == 2


def test_another_request_says_what_is_other(cassette: tuple[Path, list[str]]) -> None:
    tape = ReplayingTransport(cassette[0])
    client = MolamClient(api_key="sk_test_other", transport=tape)
    with pytest.raises(CassetteError, match=r"with this body \(recorded with another amount, confirm, .*\)"):
        client.payment_intents.create(amount=1, currency="USD")
    with pytest.raises(CassetteError, match=r"no answer to GET /v1/treasury/balance; record it again"):
        client.balance.retrieve()
    with pytest.raises(CassetteError, match=r"with this query"):
        client.payment_intents.list(limit=7).page()
    with pytest.raises(CassetteError, match=r"unused POST .*none for GET /v1/treasury/balance"):
        tape.assert_all_used()


def test_each_answer_is_used_once(cassette: tuple[Path, list[str]]) -> None:
    client = MolamClient(api_key="sk_test_other", transport=ReplayingTransport(cassette[0]))
    shop(client)
    with pytest.raises(CassetteError):
        client.payment_intents.list(limit=1).page()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "record it with RecordingTransport"), ("[", "is no cassette"), ("{}", "no cassette of this version")],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "tape.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(CassetteError, match=said):
        ReplayingTransport(path)


def test_respx_mocks_what_httpx_sends() -> None:
    """The SDK has connections of its own, which no library for httpx sees; `transport=` puts httpx's in their place."""
    with respx.mock(base_url="https://sandbox.api.molam.io") as router:
        router.get("/v1/treasury/balance").respond(json=example_answer("retrieve_balance")[1])
        transport = httpx.HTTPTransport()
        with MolamClient(api_key="sk_test_respx", transport=transport, require_attempt_id=False) as client:
            assert client.balance.retrieve().available
        assert router.calls.call_count == 1


def without_attempt_id(response: dict[str, Any]) -> dict[str, Any]:
    """An answer that names the attempt it is for is believed by no other; without a name it may be anybody's."""
    response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() != "molam-attempt-id"}
    return response


def test_vcrpy_records_and_replays_what_httpx_sends(molam_sandbox: LocalSandbox, tmp_path: Path) -> None:
    path = tmp_path / "balance.yaml"
    settings: dict[str, Any] = {
        "filter_headers": ["authorization"],
        "match_on": ["method", "path", "body"],
        "before_record_response": without_attempt_id,
    }
    found: list[Any] = []
    for mode in ("once", "none"):
        recorder: Any = vcr
        with recorder.use_cassette(str(path), record_mode=mode, **settings) as tape:
            options: dict[str, Any] = {"api_key": molam_sandbox.api_key, "api_base": molam_sandbox.url}
            with MolamClient(**options, transport=httpx.HTTPTransport(), require_attempt_id=False) as client:
                found.append(client.balance.retrieve().to_dict())
            assert tape.play_count == (mode == "none")
    assert found[0] == found[1]
    assert molam_sandbox.api_key not in path.read_text("utf-8")
