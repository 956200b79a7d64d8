"""Two gateways on one PostgreSQL: of a hundred calls at once one moves money."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.chaos.children import API_KEY, Child, Gateway, Simulators
from tests.chaos.databases import databases
from tests.chaos.errands import INTENTS
from tests.servers import chosen

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not chosen("postgresql"), reason="this run is for other databases"),
]

PAYMENT = {"amount": 10_000, "currency": "USD", "confirm": True, "payment_method": "pm_card_visa"}
_IN_FLIGHT = {"idempotency_in_flight", "payment_in_flight"}


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    """The providers, whose books judge."""
    directory = Path(tmp_path_factory.mktemp("providers"))
    with databases("sqlite", directory) as tables:
        made = Simulators(directory, tables.tables)
    yield made
    made.kill()


@pytest.fixture(scope="module")
def gateways(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Gateway]]:
    """Two processes on one database."""
    directory = Path(tmp_path_factory.mktemp("races"))
    with databases("postgresql", directory, own=False) as made, made.one() as database:
        two = [Gateway(number, database, 1, simulators.url, directory, {}) for number in range(2)]
        simulators.hears(two[0].url)
        with ThreadPoolExecutor(3) as pool:
            assert all(pool.map(Child.start, (simulators, *two)))
        yield two
        for each in two:
            each.kill()


def at_once(gateways: Sequence[Gateway], path: str, body: object, keys: Sequence[str]) -> list[httpx.Response]:
    """One call with each key, all at the same time, on the gateways in turn."""
    with httpx.Client(
        headers={"Authorization": f"Bearer {API_KEY}"},
        timeout=60,
        limits=httpx.Limits(max_connections=len(keys), max_keepalive_connections=len(keys)),
    ) as client:

        def call(number: int) -> httpx.Response:
            url = f"{gateways[number % len(gateways)].url}{path}"
            return client.post(url, json=body, headers={"Idempotency-Key": keys[number]})

        with ThreadPoolExecutor(len(keys)) as pool:
            return list(pool.map(call, range(len(keys))))


def test_a_hundred_calls_with_one_key_move_money_once(gateways: Sequence[Gateway], simulators: Simulators) -> None:
    answers = at_once(gateways, INTENTS, PAYMENT, ["order-1"] * 100)
    made = [each.json()["id"] for each in answers if each.status_code == 201]
    assert made
    assert len(set(made)) == 1
    assert {each.json()["code"] for each in answers if each.status_code != 201} <= _IN_FLIGHT
    assert [each["amount"] for each in simulators.movements()] == [10_000]
    again = at_once(gateways, INTENTS, PAYMENT, ["order-1"] * 2)
    assert {each.json()["id"] for each in again} == set(made)


def test_of_fifty_refunds_of_most_of_a_charge_one_is_accepted(
    gateways: Sequence[Gateway], simulators: Simulators
) -> None:
    (paid,) = at_once(gateways, INTENTS, PAYMENT, ["order-2"])
    path = f"/v1/connect/charges/{paid.json()['latest_charge']}/refund"
    answers = at_once(gateways, path, {"amount": 6_000}, [f"refund-{number}" for number in range(50)])
    statuses = Counter(each.status_code for each in answers)
    assert statuses == {201: 1, 409: 49}, [each.text for each in answers if each.status_code not in {201, 409}]
    assert [each["amount"] for each in simulators.movements() if each["kind"] == "refund"] == [6_000]
