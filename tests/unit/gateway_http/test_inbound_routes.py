"""The addresses of providers' messages are those of the spec, and answer what the spec says, whatever is sent there."""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from molam_gateway.access.allowance import Unlimited
from molam_gateway.access.refusals import Refusals
from molam_gateway.domain.ids import IdGenerator
from molam_gateway.embedded import Sandbox
from molam_gateway.http import spec
from molam_gateway.http.provider_messages import ProviderMessages

INBOUND = {each.path: each for each in spec.operations(spec.load()) if each.is_inbound}
TOKEN = st.sampled_from(
    ["0" * 40, "0" * 64, "stripe", "mpesa", "paystack", "cpay", "%00", "a%00b", "%C3%A4", "x" * 300]
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.url, timeout=30) as client:
        for name in ("stripe", "mpesa", "paystack"):
            headers = {"Authorization": f"Bearer {sandbox.api_key}", "Idempotency-Key": name}
            client.post(f"/api/v1/providers/{name}/config", json={}, headers=headers).raise_for_status()
        yield client


def test_the_routes_are_those_of_the_spec() -> None:
    refusals = Refusals(Unlimited(), "messages")
    none = cast(Any, None)
    messages = ProviderMessages(none, none, none, none, IdGenerator(), refusals, none)
    assert {(route.path, *(route.methods or ())) for route in messages.routes()} == {
        (path, operation.method) for path, operation in INBOUND.items()
    }
    assert all(isinstance(route, Route) for route in messages.routes())


@settings(max_examples=60)
@given(
    path=st.sampled_from(sorted(INBOUND)), name=TOKEN, kind=TOKEN, query=st.none() | TOKEN, raw=st.binary(max_size=80)
)
def test_whatever_is_sent_is_answered_as_the_spec_says(
    client: httpx.Client, path: str, name: str, kind: str, query: str | None, raw: bytes
) -> None:
    target = path.replace("{provider}", name).replace("{token}", name).replace("{kind}", kind)
    answer = client.post(target + ("" if query is None else f"?configuration={query}"), content=raw)
    assert answer.status_code in {200, 400, 401, 404}, answer.text
    media_type = answer.headers["content-type"]
    assert INBOUND[path].complaint(answer.status_code, media_type, answer.content) is None
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["request-id"].startswith("req_")
