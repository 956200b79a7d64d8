"""The dashboard's pages on PostgreSQL, where real gateways keep what they show."""

from collections.abc import Iterator

import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.vault import generate_key
from tests.gateway_databases import postgres_schema
from tests.gateway_fixtures import Api, Receiver

from .person import Person


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with postgres_schema() as schema, Sandbox(database=schema.url, keys=[generate_key()]) as running:
        yield running


def test_every_page_shows_what_happened(sandbox: Sandbox, api: Api, receiver: Receiver) -> None:
    endpoint = api.endpoint(receiver.url, "*")
    paid = api.intent(payment_method="pm_cpay_ok", confirm=True, customer_id="cus_on_postgres")
    api.made(f"/v1/connect/charges/{paid['latest_charge']}/refund", {"amount": 500})
    unclear = api.intent(payment_method="pm_cpay_unknown_ok", confirm=True)
    api.advance(60)
    shown = {
        "/admin": "Overview",
        "/admin/payments": paid["id"],
        "/admin/payments?status=succeeded": unclear["id"],
        f"/admin/payments/{paid['id']}": "payment_intent.succeeded",
        f"/admin/payments/{unclear['id']}": "charge at cpay",
        "/admin/payments/rows": paid["id"],
        "/admin/webhooks": endpoint["id"],
        "/admin/providers": "cpay",
        "/admin/cases": "Cases",
        "/admin/sdks": "SDKs",
    }
    with Person(sandbox.url) as person:
        person.sign_in(sandbox.api_key)
        for path, words in shown.items():
            page = person.get(path)
            assert page.status_code == 200, path
            assert str(words) in page.text, path
        found = person.get("/admin/search?q=cus_on_postgres")
        assert found.status_code == 303
        assert paid["id"] in person.get(found.headers["location"]).text
