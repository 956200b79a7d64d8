"""A gateway core without HTTP: real operations on a real database, with clocks moved by hand."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet

from molam_gateway.domain.audit.actors import NOWHERE
from molam_gateway.domain.call import Account, Answer, Call
from molam_gateway.domain.fingerprint import fingerprint
from molam_gateway.domain.ids import IdGenerator
from molam_gateway.domain.problems import ProblemError, problem_document
from molam_gateway.due_work import HANDLERS
from molam_gateway.jobs import JobRunner
from molam_gateway.providers.contract import Provider
from molam_gateway.providers.cpay import CPay
from molam_gateway.providers.registry import registry
from molam_gateway.providers.simulators.cpay import CPaySimulator
from molam_gateway.sandbox_providers import NOTIFICATION
from molam_gateway.services import Services
from molam_gateway.settings import Settings
from molam_gateway.storage import accounts, jobs
from molam_gateway.storage.accounts import AccountRow
from molam_gateway.storage.port import Transaction
from molam_gateway.vault import Vault
from tests.gateway_databases import GatewayDatabase

Operation = Callable[[Services, Call], Awaitable[Answer]]

ACCOUNT = Account("acct_1", livemode=False)
_KEY = Fernet.generate_key().decode()


class HandClock:
    """Business and real time that move only when told to."""

    def __init__(self) -> None:
        self.business = self.real = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        return self.business

    def catch_up(self, offset_ms: int) -> None:
        """Nobody else advances it."""

    def real_now(self) -> datetime:
        return self.real

    def advance(self, seconds: float) -> None:
        self.business += timedelta(seconds=seconds)

    def pass_real_time(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)
        self.business += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Reply:
    """An answer as a client sees it."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.content)
        return parsed


class Bench:
    """Calls operations as the HTTP layer would and sees what it would answer."""

    def __init__(self, database: GatewayDatabase, *, seed: int = 0) -> None:
        self.database = database
        self.clock = HandClock()
        self.slept: list[float] = []
        self.sleep: Callable[[float], Awaitable[None]] = self._sleep
        self._ids = IdGenerator(random.Random(seed).getrandbits)
        self._count = 0
        self.origin = NOWHERE
        self.open()

    def open(self) -> None:
        """Start, or start again after a crash: nothing but the database is kept."""
        self.store = self.database.store()
        self.simulator = CPaySimulator(self.store, self.clock.now, self._ids, _notify, lambda s: self.sleep(s))
        provider = CPay(self.simulator, lambda: "http://127.0.0.1:8080", self.clock.now)
        self.services = Services(
            store=self.store,
            clock=self.clock,
            providers=registry(provider),
            settings=Settings(),
            vault=Vault([_KEY]),
            wake=lambda: None,
            ids=self._ids,
        )
        self.runner = JobRunner(self.services, HANDLERS)

    def use(self, provider: Provider) -> None:
        """Give every payment to another provider."""
        self.services = replace(self.services, providers=registry(provider))
        self.runner = JobRunner(self.services, HANDLERS)

    async def add_account(self) -> None:
        """Begin with one account."""
        async with self.store.transaction() as tx:
            await accounts.insert(tx, AccountRow(ACCOUNT.id, "MOLAM-1", "eu-west", (), None, 0))

    async def restart(self) -> None:
        await self.store.close()
        self.open()

    async def call(
        self,
        operation: Operation,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        account: Account = ACCOUNT,
        deadline: float | None = None,
        query: Mapping[str, object] | None = None,
        **path: str,
    ) -> Reply:
        self._count += 1
        name = getattr(operation, "__name__", "operation")
        call = Call(
            operation_id=name,
            account=account,
            request_id=f"req_{self._count}",
            path=path,
            query=query or {},
            body=None if body is None else dict(body),
            idempotency_key=key or f"key-{self._count}",
            fingerprint=fingerprint("POST", name, path, body),
            deadline=deadline,
            origin=self.origin,
        )
        try:
            answer = await operation(self.services, call)
        except ProblemError as error:
            document = problem_document(error, call.request_id)
            return Reply(error.status, json.dumps(document).encode())
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        return Reply(answer.status, content, answer.headers)

    async def advance(self, seconds: float) -> None:
        """Move business time and do what became due, step by step as it does."""
        end = self.clock.business + timedelta(seconds=seconds)
        while True:
            await self.runner.run_due()
            due = await self.runner.next_due()
            if due is None or due > end or due <= self.clock.business:
                break
            self.clock.business = due
        self.clock.business = end
        await self.runner.run_due()

    async def movements(self, kind: str | None = None) -> list[int]:
        """The amounts in the provider's own book."""
        found = await self.simulator.movements(ACCOUNT.id, ACCOUNT.livemode, None)
        return [int(str(each["amount"])) for each in found if kind in {None, each["kind"]}]

    async def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first."""
        async with self.store.reading() as reader:
            rows = await reader.fetch_all("SELECT document FROM events ORDER BY id", {})
        return [json.loads(row["document"]) for row in rows]

    async def event_types(self) -> list[str]:
        return [event["type"] for event in await self.events()]

    async def sums(self) -> dict[str, int]:
        """The journal's sums per ledger account, all currencies together."""
        async with self.store.reading() as reader:
            rows = await reader.fetch_all(
                "SELECT ledger_account, SUM(amount) AS amount FROM journal GROUP BY ledger_account", {}
            )
        return {row["ledger_account"]: row["amount"] for row in rows if row["amount"]}

    def pause(self) -> tuple[asyncio.Event, asyncio.Event]:
        """Make the provider take its time: the first event tells that it does, the second lets it go on."""
        pausing, gate = asyncio.Event(), asyncio.Event()

        async def sleep(seconds: float) -> None:
            pausing.set()
            await gate.wait()

        self.sleep = sleep
        return pausing, gate

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def _notify(tx: Transaction, reference: str, at: datetime) -> None:
    await jobs.schedule(tx, NOTIFICATION, reference, at)
