"""What never left is said to have never left, so that it can be sent again; everything else stays in doubt."""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.leases import LEASE
from molam_gateway.domain.outcomes import Outcome, Succeeded, Unknown
from molam_gateway.operations import configurations, phases, routing
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.providers import departure
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.storage.port import BusyError

from .bench import Bench, Reply
from .providers.scripted_server import is_silent
from .providers.scripted_server import scripted as scripted_server
from .test_providers import PAYMENT, Scripted

pytestmark = pytest.mark.anyio


class Slow(Scripted):
    """Never answers; says when what it was given leaves, if it does."""

    def __init__(self, *, tells: bool, leaves: bool = False) -> None:
        super().__init__()
        self.tells, self.leaves = tells, leaves

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        self.sent.append(instruction)
        if self.tells:
            departure.will_be_told()
        if self.leaves:
            departure.leaves()
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")


async def pay(bench: Bench, deadline: float | None = None) -> Reply:
    return await bench.call(create_payment_intent, PAYMENT, key="pay", deadline=deadline)


async def only(bench: Bench, column: str) -> object:
    async with bench.store.reading() as reader:
        (row,) = await reader.fetch_all(f"SELECT {column} FROM attempts", {})  # noqa: S608 - a name of the tests'
    return row[column]


@pytest.mark.parametrize(
    ("tells", "leaves", "state"), [(True, False, "unsent"), (True, True, "unknown"), (False, False, "unknown")]
)
async def test_a_caller_who_gives_up_leaves_in_doubt_only_what_may_have_left(
    bench: Bench, tells: bool, leaves: bool, state: str
) -> None:
    bench.use(Slow(tells=tells, leaves=leaves))
    await pay(bench, deadline=time.monotonic() + 0.4)
    assert await only(bench, "state") == state


async def test_a_configuration_that_cannot_be_read_sends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> Configuration:
        raise BusyError("no connection became free in time")

    provider = Scripted()
    bench.use(provider)
    monkeypatch.setattr(configurations, "of_attempt", busy)
    assert (await pay(bench)).json["code"] == "provider_unavailable"
    monkeypatch.undo()
    assert (await only(bench, "state"), provider.sent) == ("unsent", [])
    provider.sends = [Succeeded("t")]
    assert (await pay(bench)).json["status"] == "succeeded"


async def test_a_repetition_without_time_changes_nothing(bench: Bench) -> None:
    bench.use(Slow(tells=True))
    await pay(bench, deadline=time.monotonic() + 0.4)
    assert (await pay(bench, deadline=time.monotonic() + 0.04)).json["code"] == "overloaded"
    assert await only(bench, "state") == "unsent"


async def test_a_call_never_outlives_its_lease(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of the lease went by in the first transaction: what is left is too little to wait for a provider."""
    original: Callable[..., object] = routing.for_payment

    def slow(*arguments: Any, **members: Any) -> object:
        bench.clock.pass_real_time(LEASE - 5)
        return original(*arguments, **members)

    provider = Scripted()
    bench.use(provider)
    monkeypatch.setattr(routing, "for_payment", slow)
    assert (await pay(bench)).json["code"] == "provider_unavailable"
    assert (await only(bench, "state"), provider.sent) == ("unsent", [])


async def test_a_late_owner_still_tells_what_the_provider_calls_it(bench: Bench) -> None:
    """The lease was lost, so the outcome does not count any more; the name does, which is told only once."""

    class Overtaken(Scripted):
        async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
            bench.clock.pass_real_time(LEASE + 1)
            self.queries = [Unknown("no answer")]
            await pay(bench)
            return Succeeded("t", handle="their-name")

    bench.use(Overtaken())
    await pay(bench)
    assert (await only(bench, "state"), await only(bench, "handle")) == ("unknown", "their-name")


async def test_the_outcome_is_written_down_as_long_as_the_lease_lasts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    provider = Scripted()
    bench.use(provider)
    provider.sends = [Succeeded("t", handle="their-name")]
    refused = 0

    async def refuse(*_: object) -> bool:
        nonlocal refused
        refused += 1
        raise BusyError("locked")

    monkeypatch.setattr(phases, "write_down", refuse)
    monkeypatch.setattr(phases, "WRITING_RESERVE", 0.2)
    with pytest.raises(BusyError):
        await pay(bench)
    assert refused > 2
    assert "Succeeded of their-name could not be written down" in caplog.text


@pytest.mark.parametrize("changed", [False, True])
async def test_other_credentials_never_send_what_the_first_may_have_carried_out(bench: Bench, changed: bool) -> None:
    sent = Scripted()
    sent.capabilities = replace(sent.capabilities, resend_for={AttemptKind.CHARGE: 86400.0})
    bench.use(sent)
    sent.sends = [RuntimeError("lost"), Succeeded("t")]
    sent.queries = [None]
    original: Callable[..., Configuration] = configurations.unconfigured

    def renewed(*arguments: Any) -> Configuration:
        found = original(*arguments)
        moment = int((bench.clock.now() + timedelta(seconds=1)).timestamp() * 1000)
        return replace(found, version=2, changed_at=moment if changed else None)

    await pay(bench)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configurations, "unconfigured", renewed)
        bench.clock.pass_real_time(LEASE + 1)
        await bench.advance(1)
    assert (await only(bench, "state"), len(sent.sent)) == (("unknown", 1) if changed else ("succeeded", 2))


async def test_a_request_leaves_once_it_has_a_connection() -> None:
    async with scripted_server(is_silent) as server:
        http = ProviderHttp("acme")
        for method, left in (("GET", False), ("POST", True)):
            with departure.watched() as parcel:
                departure.will_be_told()
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(http.request(method, server.url), 0.2)
            assert parcel.left == left
        await http.close()


async def test_a_request_that_is_still_connecting_has_not_left() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        fillers = [socket.socket() for _ in range(4)]
        for each in fillers:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        http = ProviderHttp("acme", connect_timeout=5)
        with departure.watched() as parcel:
            departure.will_be_told()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(http.request("POST", url), 0.2)
        assert parcel.still_here
        await http.close()
        for each in fillers:
            each.close()
