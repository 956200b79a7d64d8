"""Who is signed in: begins, finds and ends sessions, each of which speaks for one API key."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request

from ..domain import admin_sessions as limits
from ..domain.audit.actors import Actor
from ..domain.call import Account, Call
from ..domain.secret_shapes import ADMIN
from ..domain.times import milliseconds
from ..http import origin
from ..operations.auditing import Cause, note_fact
from ..services import Services
from ..storage import admin_sessions as rows
from ..storage import api_keys
from ..storage.admin_sessions import SessionRow
from ..storage.port import Transaction

SCOPE = "ops:read"
"""What an API key needs to sign in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in."""

    request: Request
    account: Account
    cookie: str
    csrf: str
    shown_key: str

    def may(self, scope: str) -> bool:
        """Whether the API key behind the session has a scope, now."""
        return scope in self.account.scopes


class Sessions:
    """Sessions in the database, by the keyed fingerprint of a random token that only the browser holds."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def now(self) -> int:
        """Real time: the sandbox's clock does not sign people out."""
        return milliseconds(self._services.clock.real_now())

    async def find(self, cookie: str, *, touch: bool) -> SessionRow | None:
        """The session behind a cookie, unless it or its API key has ended; `touch` keeps it from falling idle."""
        services, now = self._services, self.now
        row: SessionRow | None = None
        async with services.store.reading() as reader:
            for fingerprint in services.vault.fingerprints(_purpose(cookie)):
                row = row or await rows.find(reader, fingerprint, now)
        if row is None or not limits.in_force(row.created_at, row.seen_at, now) or SCOPE not in row.scopes.split():
            return None
        if touch and limits.worth_noting(row.seen_at, now):
            async with services.store.transaction() as tx:
                await rows.touch(tx, row.fingerprint, now)
        return row

    async def begin(self, request: Request, account: Account, key_id: str) -> str:
        """Sign in under a token that nobody has seen before; returns it."""
        token, now = ADMIN + secrets.token_urlsafe(32), self.now
        async with self._services.store.transaction() as tx:
            await rows.purge(tx, created_before=now - limits.ABSOLUTE, seen_before=now - limits.IDLE, now=now)
            await rows.insert(
                tx,
                self._services.vault.fingerprint(_purpose(token)),
                account_id=account.id,
                livemode=account.livemode,
                key_id=key_id,
                now=now,
            )
            await self._note(tx, request, account, key_id, "admin.sign_in")
        return token

    async def refuse(self, request: Request, account: Account, key_id: str) -> None:
        """Note that a key without the scope was tried."""
        async with self._services.store.transaction() as tx:
            await self._note(tx, request, account, key_id, "admin.sign_in", "scope_missing")

    async def end(self, request: Request, row: SessionRow) -> None:
        """Sign out."""
        account = account_of(row)
        async with self._services.store.transaction() as tx:
            await rows.delete(tx, row.fingerprint)
            await self._note(tx, request, account, row.key_id, "admin.sign_out")

    async def new_link(self, fingerprints: list[str]) -> str:
        """A token that signs in once for the API key with one of these fingerprints."""
        token, now = ADMIN + secrets.token_urlsafe(32), self.now
        async with self._services.store.transaction() as tx:
            for fingerprint in fingerprints:
                key = await api_keys.find(tx, fingerprint, now)
                if key is not None:
                    sealed = self._services.vault.fingerprint(_link_purpose(token))
                    await rows.insert_link(tx, sealed, key.id, now + limits.LINK)
                    break
        return token

    async def take_link(self, token: str) -> tuple[Account, str] | None:
        """The account and the API key of a link, once."""
        now = self.now
        async with self._services.store.transaction() as tx:
            for fingerprint in self._services.vault.fingerprints(_link_purpose(token)):
                key_id = await rows.take_link(tx, fingerprint, now)
                key = None if key_id is None else await api_keys.find_by_id(tx, key_id, now)
                if key is not None:
                    actor = Actor("user", key.id)
                    return Account(key.account_id, key.livemode, frozenset(key.scopes), actor), key.id
        return None

    async def _note(
        self, tx: Transaction, request: Request, account: Account, key_id: str, action: str, outcome: str = "ok"
    ) -> None:
        cause = Cause(self.call(request, account, action), outcome=outcome)
        await note_fact(self._services, tx, cause, account.id, account.livemode, ("api_key", key_id))

    def call(self, request: Request, account: Account, action: str) -> Call:
        """What somebody does, for the audit trail."""
        services = self._services
        return Call(
            operation_id=action,
            account=Account(account.id, account.livemode, account.scopes, Actor("user", account.actor.id)),
            request_id=services.ids.new("req", services.clock.real_now()),
            origin=origin.of_request(request.scope, dict(request.headers), b""),
        )


def account_of(row: SessionRow) -> Account:
    """For whom the holder of a session acts, and what the API key behind it may do."""
    return Account(row.account_id, row.livemode, frozenset(row.scopes.split()), Actor("user", row.key_id))


def _purpose(cookie: str) -> str:
    return f"admin session\0{cookie}"


def _link_purpose(token: str) -> str:
    return f"admin link\0{token}"
