"""A configuration made before its provider asked for what names the account stays that configuration."""

from dataclasses import replace
from typing import Any

import pytest

from molam_gateway.operations.provider_configurations import configure_provider
from molam_gateway.providers.paystack.adapter import Paystack
from molam_gateway.providers.registry import Simulated, registry

from .bench import Bench, Reply

pytestmark = pytest.mark.anyio


class Before(Paystack):
    """The adapter as it was when the secret key alone was asked for."""

    capabilities = replace(
        Paystack.capabilities,
        settings=tuple(each for each in Paystack.capabilities.settings if each.name != "integration"),
    )


def use(bench: Bench, provider: Paystack) -> None:
    simulated = {"paystack": Simulated("http://simulator", lambda: ({}, {}))}
    bench.services = replace(bench.services, providers=registry(None, [provider], simulated=simulated))


async def put(bench: Bench, **members: object) -> Reply:
    return await bench.call(configure_provider, members, name="paystack")


async def rows(bench: Bench) -> list[dict[str, Any]]:
    sql = "SELECT id, identity, version, superseded_at FROM provider_configurations ORDER BY id"
    async with bench.store.reading() as reader:
        return [dict(row) for row in await reader.fetch_all(sql, {})]


@pytest.fixture
async def id(bench: Bench) -> str:
    """The configuration that the version before wrote."""
    use(bench, Before())
    made = await put(bench, settings={"secret_key": "sk_test_before_upgrade"})
    async with bench.store.reading() as reader:
        (row,) = await reader.fetch_all("SELECT identity FROM provider_configurations", {})
    assert row["identity"] == "{}"
    use(bench, Paystack())
    return str(made.json["id"])


@pytest.mark.parametrize("disabled_first", [True, False])
async def test_it_is_named_later_and_keeps_its_place(bench: Bench, id: str, disabled_first: bool) -> None:
    if disabled_first:
        disabled = await put(bench, enabled=False)
        assert (disabled.status, disabled.json["id"], disabled.json["enabled"]) == (200, id, False)
    unnamed = await put(bench, settings={"secret_key": "sk_test_rotated_after"})
    assert (unnamed.status, unnamed.json["param"]) == (400, "settings.integration")
    named = await put(bench, settings={"secret_key": "sk_test_rotated_after", "integration": "100032"})
    assert (named.status, named.json["id"]) == (200, id)
    expected = {"id": id, "identity": '{"integration":"100032"}', "version": 2, "superseded_at": None}
    assert await rows(bench) == [expected]


async def test_another_account_is_another_configuration_once_it_is_named(bench: Bench, id: str) -> None:
    for integration, same in (("100032", True), ("100033", False), ("100032", True)):
        named = await put(bench, settings={"integration": integration})
        assert (named.json["id"] == id) is same
    assert [row["superseded_at"] is None for row in await rows(bench)] == [True, False]


async def test_a_new_configuration_has_to_be_named(bench: Bench) -> None:
    use(bench, Paystack())
    assert (await put(bench, settings={"secret_key": "sk_test_of_somebody"})).status == 400
    assert (await put(bench, enabled=False)).status == 400
