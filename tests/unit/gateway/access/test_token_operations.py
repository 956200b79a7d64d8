"""Making, refreshing and revoking tokens on a real database."""

import asyncio
from dataclasses import replace

import pytest

from molam_gateway.access.keyring import Keyring
from molam_gateway.access.signing_keys import add, ensure
from molam_gateway.domain.audit.actors import Actor
from molam_gateway.domain.call import Account
from molam_gateway.domain.problems import ProblemError
from molam_gateway.domain.times import milliseconds
from molam_gateway.http.auth import Authenticator
from molam_gateway.operations.tokens import REUSE_WINDOW, TokenOperations
from molam_gateway.storage import api_keys
from molam_gateway.storage.api_keys import ApiKey
from molam_gateway.vault import Vault

from ..bench import ACCOUNT, Bench, Reply

pytestmark = pytest.mark.anyio

SECRET = "sk_test_tokens"
SCOPES = frozenset({"payments:read", "payments:write"})


class Tokens:
    """The operations and the authenticator that believes what they make."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.keyring = Keyring(bench.store, self.vault, bench.clock, lambda: "http://127.0.0.1:8080")
        self.operations = TokenOperations(self.keyring)
        self.authenticator = Authenticator(bench.store, self.vault, bench.clock, self.keyring, livemode=False)
        self.account = replace(ACCOUNT, scopes=SCOPES, actor=Actor("api_key", "key_1"))

    @property
    def vault(self) -> Vault:
        vault = self.bench.services.vault
        assert isinstance(vault, Vault)
        return vault

    async def create(self, account: Account | None = None, **body: object) -> Reply:
        return await self.bench.call(self.operations.create_token, body, account=account or self.account)

    async def refresh(self, refresh_token: str, **body: object) -> Reply:
        return await self.bench.call(self.operations.refresh_token, {"refresh_token": refresh_token, **body})

    async def revoke(self, token: str) -> Reply:
        return await self.bench.call(self.operations.revoke_token, {"token": token})

    async def caller(self, token: str) -> Account | str:
        """Who a bearer token speaks for, or the code of the refusal."""
        try:
            return await self.authenticator.authenticate({"authorization": f"Bearer {token}"})
        except ProblemError as refused:
            return refused.code


@pytest.fixture
async def tokens(bench: Bench) -> Tokens:
    made = Tokens(bench)
    now = bench.clock.real_now()
    await ensure(bench.store, made.vault, bench.services.ids, now)
    key = ApiKey("key_1", ACCOUNT.id, False, made.vault.fingerprint(SECRET), sorted(SCOPES))
    async with bench.store.transaction() as tx:
        await api_keys.insert(tx, key, last4="kens", created_at=milliseconds(now))
    return made


async def test_a_token_speaks_for_its_key(tokens: Tokens) -> None:
    answer = await tokens.create(scopes=["payments:read"], customer_id="cus_1", expires_in=60)
    assert answer.status == 201
    caller = await tokens.caller(answer.json["access_token"])
    assert isinstance(caller, Account)
    assert (caller.id, caller.actor.id, caller.subject) == (ACCOUNT.id, "key_1", "cus_1")
    assert caller.scopes == {"payments:read"}


async def test_a_token_may_never_do_more_than_its_key(tokens: Tokens) -> None:
    assert (await tokens.create(scopes=["payouts:write"])).json["code"] == "scope_missing"
    answer = await tokens.create()
    made_by_token = replace(tokens.account, token_id="tok_1")
    assert (await tokens.create(made_by_token)).json["code"] == "scope_missing"
    async with tokens.bench.store.transaction() as tx:
        await tx.execute("UPDATE api_keys SET scopes = 'payments:read'", {})
    caller = await tokens.caller(answer.json["access_token"])
    assert isinstance(caller, Account)
    assert caller.scopes == {"payments:read"}


async def test_a_refresh_token_is_exchanged_once(tokens: Tokens) -> None:
    first = (await tokens.create()).json
    second = (await tokens.refresh(first["refresh_token"])).json
    assert isinstance(await tokens.caller(second["access_token"]), Account)
    tokens.bench.clock.pass_real_time(REUSE_WINDOW + 1)
    assert (await tokens.refresh(first["refresh_token"])).json["code"] == "token_invalid"
    assert (await tokens.refresh(second["refresh_token"])).json["code"] == "token_invalid", "its family is revoked"
    for pair in (first, second):
        assert await tokens.caller(pair["access_token"]) == "token_invalid", "its access tokens too, at once"
    elsewhere = Tokens(tokens.bench)
    assert await elsewhere.caller(second["access_token"]) == "token_invalid"


async def test_another_login_outlives_the_end_of_a_family(tokens: Tokens) -> None:
    ended, other = (await tokens.create()).json, (await tokens.create()).json
    await tokens.revoke(ended["refresh_token"])
    assert await tokens.caller(ended["access_token"]) == "token_invalid"
    assert isinstance(await tokens.caller(other["access_token"]), Account)
    assert (await tokens.refresh(other["refresh_token"])).status == 200


async def test_a_refresh_cannot_be_repeated_once_its_successor_was_used(tokens: Tokens) -> None:
    first = (await tokens.create()).json
    second = (await tokens.refresh(first["refresh_token"])).json
    third = (await tokens.refresh(second["refresh_token"])).json
    assert (await tokens.refresh(second["refresh_token"])).status == 200, "its own answer may have been lost"
    assert (await tokens.refresh(first["refresh_token"])).json["code"] == "token_invalid"
    assert await tokens.caller(third["access_token"]) == "token_invalid"


async def test_a_refresh_on_its_way_does_not_outlive_its_family(tokens: Tokens) -> None:
    first = (await tokens.create()).json
    second = (await tokens.refresh(first["refresh_token"])).json
    tokens.bench.clock.pass_real_time(REUSE_WINDOW + 1)
    both = await asyncio.gather(tokens.refresh(second["refresh_token"]), tokens.refresh(first["refresh_token"]))
    assert both[1].json["code"] == "token_invalid"
    for pair in [second, *(reply.json for reply in both if reply.status == 200)]:
        assert await tokens.caller(pair["access_token"]) == "token_invalid"
        assert (await tokens.refresh(pair["refresh_token"])).json["code"] == "token_invalid"


async def test_a_refresh_whose_answer_was_lost_can_be_repeated(tokens: Tokens) -> None:
    first = (await tokens.create()).json
    lost = (await tokens.refresh(first["refresh_token"])).json
    again = (await tokens.refresh(first["refresh_token"])).json
    assert lost["refresh_token"] != again["refresh_token"]
    assert isinstance(await tokens.caller(again["access_token"]), Account)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_token_can_be_taken_back(tokens: Tokens, kind: str) -> None:
    pair = (await tokens.create()).json
    assert (await tokens.revoke(pair[kind])).status == 200
    if kind == "access_token":
        assert await tokens.caller(pair[kind]) == "token_invalid"
    else:
        assert (await tokens.refresh(pair[kind])).json["code"] == "token_invalid"


@pytest.mark.parametrize("token", ["", "rt_unknown", "a.b.c", "sk_test_tokens"])
async def test_taking_back_what_is_no_token_says_nothing(tokens: Tokens, token: str) -> None:
    assert (await tokens.revoke(token)).json == {"object": "token", "revoked": True, "livemode": False}
    assert isinstance(await tokens.caller(SECRET), Account)


async def test_the_end_of_a_key_is_the_end_of_its_tokens(tokens: Tokens) -> None:
    pair = (await tokens.create()).json
    async with tokens.bench.store.transaction() as tx:
        assert await api_keys.revoke(tx, "key_1", milliseconds(tokens.bench.clock.real_now()))
    assert await tokens.caller(pair["access_token"]) == "token_invalid"
    assert (await tokens.refresh(pair["refresh_token"])).json["code"] == "token_invalid"
    assert await tokens.caller(SECRET) == "api_key_invalid"


async def test_a_key_expires(tokens: Tokens) -> None:
    now = milliseconds(tokens.bench.clock.real_now())
    async with tokens.bench.store.transaction() as tx:
        assert await api_keys.expire(tx, "key_1", now + 60_000)
        assert not await api_keys.expire(tx, "key_1", now + 90_000), "a later end does not prolong it"
    assert isinstance(await tokens.caller(SECRET), Account)
    tokens.bench.clock.pass_real_time(60)
    assert await tokens.caller(SECRET) == "api_key_invalid"


async def test_a_new_signing_key_is_learnt_by_its_name(tokens: Tokens) -> None:
    before = (await tokens.create()).json["access_token"]
    async with tokens.bench.store.transaction() as tx:
        await add(tx, tokens.vault, tokens.bench.services.ids, tokens.bench.clock.real_now())
    other_process = Tokens(tokens.bench)
    signed_elsewhere = (await other_process.create()).json["access_token"]
    tokens.bench.clock.pass_real_time(1)
    assert isinstance(await tokens.caller(signed_elsewhere), Account)
    assert isinstance(await tokens.caller(before), Account)


async def test_nothing_of_a_token_is_stored_in_clear(tokens: Tokens) -> None:
    pair = (await tokens.create()).json
    async with tokens.bench.store.reading() as reader:
        for table in ("refresh_tokens", "signing_keys", "revoked_tokens", "audit_logs"):
            stored = str(await reader.fetch_all(f"SELECT * FROM {table}", {}))  # noqa: S608 - names of our own
            assert pair["refresh_token"] not in stored
            assert pair["access_token"] not in stored
