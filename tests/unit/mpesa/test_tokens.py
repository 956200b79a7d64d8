"""Access tokens: one for everybody, renewed by one, and no call fails because somebody else renewed it."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from molam_gateway.clock import Clock
from molam_gateway.domain.outcomes import NotSent, Pending
from molam_gateway.provider_tokens import SharedTokens
from molam_gateway.providers.contract import ProbeError
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.providers.mpesa import MemoryTokens, MPesa, Obtain, Token, TokenStore, TokensUnavailableError, mpesa
from molam_gateway.storage.port import Store
from molam_gateway.vault import Vault
from tests.gateway_databases import (
    GatewayDatabase,
    PostgresSchema,
    SqliteFile,
    copied,
    postgres_schema,
    sqlite_template,
)
from tests.servers import chosen

from .bench import Bench

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> SqliteFile:
    """The migrated file that each test copies."""
    return sqlite_template(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(scope="module")
def schema() -> Iterator[PostgresSchema]:
    """The migrated schema that is emptied for each test."""
    with postgres_schema() as made:
        yield made


@pytest.fixture(params=chosen("sqlite", "postgresql"))
def database(request: pytest.FixtureRequest, tmp_path: Path) -> GatewayDatabase:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return copied(request.getfixturevalue("template"), tmp_path)
    found: PostgresSchema = request.getfixturevalue("schema")
    found.empty()
    return found


def _shared(store: Store) -> SharedTokens:
    return SharedTokens(store, Vault([KEY]), Clock().real_now)


def _adapter(bench: Bench, tokens: TokenStore) -> MPesa:
    return mpesa(tokens=tokens, now=bench.clock.now, sandbox_url=bench.served.url)


async def _close(adapters: Sequence[MPesa], stores: Sequence[Store]) -> None:
    for adapter in adapters:
        await adapter.close()
    for store in stores:
        await store.close()


async def test_one_token_serves_until_it_is_old(bench: Bench) -> None:
    for _ in range(3):
        await bench.send(bench.charge())
    await bench.advance(2_990)
    await bench.send(bench.charge())
    assert bench.simulator.tokens_issued == 1
    await bench.advance(15)
    await bench.send(bench.charge())
    assert bench.simulator.tokens_issued == 2


async def test_calls_at_once_ask_for_one_token(bench: Bench) -> None:
    await asyncio.gather(*(bench.send(bench.charge()) for _ in range(30)))
    assert bench.simulator.tokens_issued == 1


async def test_a_token_that_somebody_else_ended_is_replaced(bench: Bench) -> None:
    other = _adapter(bench, MemoryTokens())
    await bench.send(bench.charge())
    await other.probe(bench.configuration)
    outcome = await bench.send(bench.charge())
    assert isinstance(outcome, Pending)
    assert bench.simulator.tokens_issued == 3
    await bench.advance(5)
    assert len(bench.moved) == 2
    await other.close()


async def test_strangers_who_share_no_store_still_charge_once(bench: Bench) -> None:
    """Two gateways with one app take the token from each other; no call is lost, none is done twice."""
    other = _adapter(bench, MemoryTokens())
    charges = [bench.charge() for _ in range(20)]
    for first, second in zip(charges[::2], charges[1::2], strict=True):
        outcomes = await asyncio.gather(
            bench.send(first), other.send(second, bench.configuration), other.probe(bench.configuration)
        )
        assert all(isinstance(outcome, Pending | NotSent) for outcome in outcomes[:2])
    await bench.advance(5)
    assert len(bench.moved) == len({each.reference for each in bench.movements})
    await other.close()


async def test_adapters_share_a_token_through_the_database(bench: Bench, database: GatewayDatabase) -> None:
    stores = [database.store() for _ in range(4)]
    adapters = [_adapter(bench, _shared(store)) for store in stores]
    charges = [bench.charge() for _ in range(40)]
    outcomes = await asyncio.gather(
        *(adapters[number % 4].send(charge, bench.configuration) for number, charge in enumerate(charges))
    )
    assert all(isinstance(outcome, Pending) for outcome in outcomes)
    assert bench.simulator.tokens_issued == 1
    bench.clock.advance(3_100)
    again = await asyncio.gather(*(adapter.send(bench.charge(), bench.configuration) for adapter in adapters))
    assert all(isinstance(outcome, Pending) for outcome in again)
    assert bench.simulator.tokens_issued == 2
    await _close(adapters, stores)


async def test_who_was_rejected_takes_what_another_process_obtained(bench: Bench, database: GatewayDatabase) -> None:
    stores = [database.store(), database.store()]
    first, second = (_adapter(bench, _shared(store)) for store in stores)
    await first.probe(bench.configuration)
    await second.probe(bench.configuration)
    stranger = _adapter(bench, MemoryTokens())
    await stranger.probe(bench.configuration)
    outcomes = await asyncio.gather(
        *(each.send(bench.charge(), bench.configuration) for each in (first, second, first, second))
    )
    assert all(isinstance(outcome, Pending) for outcome in outcomes)
    assert bench.simulator.tokens_issued == 3
    await _close([first, second, stranger], stores)


async def test_processes_share_a_token_that_strangers_end(bench: Bench, database: GatewayDatabase) -> None:
    """Three processes charge while a fourth ends their token again and again: each customer pays once, none is lost."""
    where = database.url if isinstance(database, PostgresSchema) else str(_path(database))
    senders = [await _started(bench.served.url, where, str(number)) for number in range(3)]
    stranger = _adapter(bench, MemoryTokens())
    waiting = asyncio.gather(*(each.communicate() for each in senders))
    ended = 0
    while not waiting.done():
        accepted = (bench.simulator.simulation.book.find("counter", "push") or {"last": 0})["last"]
        if ended < 3 and accepted > 15 * (ended + 1):
            await stranger.probe(replace(bench.configuration, base_url=bench.served.url))
            stranger, former = _adapter(bench, MemoryTokens()), stranger
            await former.close()
            ended += 1
        await asyncio.sleep(0.002)
    outputs = await waiting
    assert [errors for _, errors in outputs] == [b""] * 3
    said = b"".join(output for output, _ in outputs).decode().splitlines()
    assert [each for each in said if each != "Pending"] == []
    assert len(said) == 60
    assert ended == 3
    assert bench.simulator.tokens_issued <= 1 + 2 * ended
    await bench.advance(5)
    assert len(bench.movements) == 60
    assert len({each.subject for each in bench.movements}) == 60
    await stranger.close()


def _path(database: GatewayDatabase) -> Path:
    assert isinstance(database, SqliteFile)
    return database.path


async def _started(url: str, database: str, number: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.unit.mpesa.sender", url, database, KEY, number, "20")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=environment, cwd=ROOT)


async def test_a_caller_who_gives_up_holds_nobody_up(database: GatewayDatabase) -> None:
    store = database.store()
    begun = asyncio.Event()

    async def never() -> Token:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody wakes it")

    first = asyncio.create_task(_shared(store).renew("app", None, never))
    await begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await _shared(store).renew("app", None, _obtaining("token"))).value == "token"
    await store.close()


async def test_the_database_holds_no_token_in_the_clear(database: GatewayDatabase) -> None:
    store = database.store()
    await _shared(store).renew("app", None, _obtaining("secret-token"))
    async with store.reading() as reader:
        (row,) = await reader.fetch_all("SELECT * FROM provider_tokens", {})
    assert "secret-token" not in repr(dict(row))
    assert await _shared(store).read("app") == Token("secret-token", 1_000.5)
    assert "secret-token" not in repr(await _shared(store).read("app"))
    await store.close()


async def test_a_token_under_a_lost_key_is_obtained_anew(database: GatewayDatabase) -> None:
    store = database.store()
    await _shared(store).renew("app", None, _obtaining("first"))
    other = SharedTokens(store, Vault([Fernet.generate_key().decode()]), Clock().real_now)
    assert await other.read("app") is None
    assert (await other.renew("app", None, _obtaining("second"))).value == "second"
    await store.close()


async def test_who_fails_to_obtain_lets_the_next_one_try(database: GatewayDatabase) -> None:
    store = database.store()

    async def fail() -> Token:
        raise ProbeError("no")

    with pytest.raises(ProbeError):
        await _shared(store).renew("app", None, fail)
    assert (await _shared(store).renew("app", None, _obtaining("token"))).value == "token"
    await store.close()


async def test_one_obtains_while_the_others_wait(database: GatewayDatabase) -> None:
    stores = [database.store() for _ in range(3)]
    asked: list[int] = []

    async def obtain() -> Token:
        asked.append(1)
        await asyncio.sleep(0.1)
        return Token("token", 1_000.0)

    found = await asyncio.gather(*(_shared(store).renew("app", None, obtain) for store in stores * 4))
    assert {token.value for token in found} == {"token"}
    assert len(asked) == 1
    for store in stores:
        await store.close()


async def test_without_the_database_nothing_is_sent(bench: Bench) -> None:
    class Gone:
        async def read(self, owner: str) -> Token | None:
            raise TokensUnavailableError("the shared tokens cannot be reached")

        async def renew(self, owner: str, stale: Token | None, obtain: Obtain) -> Token:
            raise AssertionError("read comes first")

    adapter = _adapter(bench, Gone())
    assert await adapter.send(bench.charge(), bench.configuration) == NotSent("the shared tokens cannot be reached")
    assert bench.served.requests == []
    await adapter.close()


@pytest.mark.parametrize("lifetime", ["3599", 3599])
async def test_a_lifetime_is_text_or_a_number(bench: Bench, lifetime: object) -> None:
    body = json.dumps({"access_token": "T", "expires_in": lifetime})
    bench.arm("error_before", "/oauth/", status=200, body=body)
    await bench.adapter.probe(bench.configuration)


@pytest.mark.parametrize(
    "body", ["", "{}", '{"access_token": "T"}', '{"access_token": "T", "expires_in": "soon"}', "[]"]
)
async def test_what_is_no_token_is_not_taken_for_one(bench: Bench, body: str) -> None:
    bench.arm("error_before", "/oauth/", status=200, body=body)
    with pytest.raises(ProbeError, match="gives no token"):
        await bench.adapter.probe(bench.configuration)


async def test_wrong_credentials_are_told_apart_from_a_dead_provider(bench: Bench) -> None:
    secrets = {**bench.configuration.secrets, "consumer_secret": "wrong-secret-value"}
    wrong = replace(bench.configuration, secrets=secrets)
    with pytest.raises(ProbeError, match=r"400\.008\.01.*consumer_secret") as caught:
        await bench.adapter.probe(wrong)
    assert "wrong-secret-value" not in str(caught.value)
    assert isinstance(await bench.adapter.send(bench.charge(), wrong), NotSent)
    away = replace(bench.configuration, base_url="http://127.0.0.1:1")
    with pytest.raises(ProbeError, match="cannot be reached"):
        await bench.adapter.probe(away)


async def test_a_token_that_is_never_accepted_is_given_up(bench: Bench) -> None:
    for _ in range(6):
        bench.refuse(404, "404.001.03", "Invalid Access Token")
    assert isinstance(await bench.send(bench.charge()), NotSent)
    assert bench.served.count("POST", "/mpesa/stkpush/") == 5
    assert bench.moved == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, '{"errorCode": "404.001.03", "errorMessage": "Invalid Access Token"}'),
        (401, '{"errorCode": "400.003.01", "errorMessage": "Invalid Access Token"}'),
        (401, '{"fault": {"faultstring": "Invalid access token"}}'),
        (401, ""),
    ],
)
async def test_a_call_whose_token_was_rejected_is_repeated_once(bench: Bench, status: int, body: str) -> None:
    bench.arm("error_before", status=status, body=body)
    assert isinstance(await bench.send(bench.charge()), Pending)
    await bench.advance(5)
    assert len(bench.moved) == 1


async def test_a_dead_token_endpoint_means_nothing_was_sent(bench: Bench) -> None:
    bench.arm("reset", "/oauth/", times=2)  # aiohttp repeats a GET once
    assert isinstance(await bench.send(bench.charge()), NotSent)
    assert bench.served.count("POST") == 0


async def test_a_full_bulkhead_means_nothing_was_sent(bench: Bench) -> None:
    full = ProviderHttp("M-Pesa", most_calls=0)
    adapter = mpesa(now=bench.clock.now, sandbox_url=bench.served.url, pushes=full)
    assert isinstance(await adapter.send(bench.charge(), bench.configuration), NotSent)
    await adapter.close()


def _obtaining(value: str) -> Obtain:
    async def obtain() -> Token:
        return Token(value, 1_000.5)

    return obtain
