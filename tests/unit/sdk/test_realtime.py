"""Live feeds of both clients against a real gateway: typed, in order, and going on where they were cut."""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from molam_api.models import Payment, PaymentRefund
from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk._realtime.frames import read
from molam_sdk._realtime.progress import Lost, Progress
from molam_sdk.realtime import Snapshot, Update


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MolamClient]:
    with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url, max_retries=0) as made:
        yield made


def pay(client: MolamClient, customer_id: str | None = None) -> str:
    intent = client.payment_intents.create(
        amount=2500, currency="USD", payment_method="pm_cpay_ok", confirm=True, customer_id=customer_id
    )
    return intent.id


def test_a_feed_tells_how_it_is_and_what_happens(client: MolamClient) -> None:
    intent = client.payment_intents.create(amount=2500, currency="USD")
    with client.realtime.transaction(intent.id, timeout=10) as feed:
        first = next(feed)
        assert isinstance(first, Snapshot)
        assert [payment.transaction_id for payment in first.payments] == [intent.id]
        client.payment_intents.confirm(intent.id, payment_method="pm_cpay_ok")
        client.refunds.create(intent.id, amount=500)
        update = None
        for update in feed:
            assert isinstance(update, Update)
            if update.type == "payment.completed":
                assert isinstance(update.data, Payment)
            if update.type == "refund.completed":
                assert isinstance(update.data, PaymentRefund)
                break
        assert update is not None
        assert feed.after == update.seq


def test_the_asynchronous_client_tells_the_same(sandbox: Sandbox, client: MolamClient) -> None:
    async def main() -> list[str]:
        async with (
            MolamAsyncClient(api_key=sandbox.api_key, api_base=sandbox.url) as other,
            other.realtime.user("cus_async", timeout=10) as feed,
        ):
            kinds = [type(await anext(feed)).__name__]
            await asyncio.to_thread(pay, client, "cus_async")
            async for message in feed:
                assert isinstance(message, Update)
                kinds.append(message.type)
                if message.type == "payment.completed":
                    return kinds
        raise AssertionError

    assert asyncio.run(main()) == ["Snapshot", "payment.initiated", "payment.completed"]


def test_a_feed_survives_the_gateways_restart(tmp_path: Path) -> None:
    """Nothing is told twice, nothing is missed."""
    sandbox = Sandbox(database=tmp_path / "gateway.db", api_key="sk_test_restart0123456789").start()
    try:
        with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
            port = urlsplit(sandbox.url).port or 0
            with client.realtime.events(timeout=20) as feed:
                next(feed)
                pay(client)
                told = [next(feed), next(feed)]
                sandbox.stop()
                sandbox = Sandbox(
                    port=port, database=tmp_path / "gateway.db", api_key="sk_test_restart0123456789"
                ).start()
                pay(client)
                told += [next(feed), next(feed)]
    finally:
        sandbox.stop()
    updates = [message for message in told if isinstance(message, Update)]
    assert [message.type for message in updates] == ["payment.initiated", "payment.completed"] * 2
    assert [message.seq for message in updates] == sorted({message.seq for message in updates})


def test_refusals_are_errors_of_the_sdk(sandbox: Sandbox, client: MolamClient) -> None:
    with pytest.raises(errors.NotFoundError), client.realtime.transaction("pi_nowhere") as feed:
        next(feed)
    stranger = client.with_options(api_key="sk_test_stranger0123456789")
    with pytest.raises(errors.AuthenticationError), stranger.realtime.events() as feed:
        next(feed)
    with pytest.raises(errors.ValidationError):
        client.realtime.transaction("pi/../1")
    with pytest.raises(errors.ValidationError):
        client.realtime.events(after=-1)


def heard(message: object) -> str:
    return message.type if isinstance(message, Update) else type(message).__name__


def test_a_feed_goes_on_after_a_quiet_period(client: MolamClient) -> None:
    """Nobody refused anything: what is known is that nothing came."""
    with client.realtime.user("cus_quiet", timeout=0.2) as feed:
        next(feed)
        for _ in range(2):
            with pytest.raises(errors.TimeoutError) as quiet:
                next(feed)
            assert quiet.value.outcome == "unknown"
        pay(client, "cus_quiet")
        for _ in range(50):
            with contextlib.suppress(errors.TimeoutError):
                assert heard(next(feed)) == "payment.initiated"
                return
        raise AssertionError


def test_an_asynchronous_feed_goes_on_after_a_quiet_period(sandbox: Sandbox, client: MolamClient) -> None:
    async def main() -> str:
        async with (
            MolamAsyncClient(api_key=sandbox.api_key, api_base=sandbox.url) as other,
            other.realtime.user("cus_hushed", timeout=0.2) as feed,
        ):
            await anext(feed)
            with pytest.raises(errors.TimeoutError) as quiet:
                await anext(feed)
            assert quiet.value.outcome == "unknown"
            await asyncio.to_thread(pay, client, "cus_hushed")
            for _ in range(50):
                with contextlib.suppress(errors.TimeoutError):
                    return heard(await anext(feed))
        raise AssertionError

    assert asyncio.run(main()) == "payment.initiated"


def test_nobody_there_is_a_network_error() -> None:
    client = MolamClient(api_key="sk_test_nobody0123456789", api_base="http://127.0.0.1:9", max_retries=0)
    with client, pytest.raises(errors.NetworkError), client.realtime.events():
        pass


def test_closing_ends_whoever_waits(client: MolamClient) -> None:
    with client.realtime.user("cus_closed") as feed:
        next(feed)
        threading.Timer(0.1, feed.close).start()
        assert list(feed) == []


def test_secrets_stay_where_they_are(sandbox: Sandbox, client: MolamClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with client.realtime.events() as feed:
        next(feed)
        assert sandbox.api_key not in repr(feed)
    assert sandbox.api_key not in caplog.text


@pytest.mark.parametrize("half", ["sync", "asyncio"])
def test_without_the_extra_it_says_what_to_install(
    client: MolamClient, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    monkeypatch.setitem(sys.modules, f"websockets.{half}.client", None)

    async def enter() -> None:
        other = MolamAsyncClient(api_key="sk_test_x", api_base="http://127.0.0.1:9")
        async with other, other.realtime.events():
            pass

    def enter_in(half: str) -> None:
        if half == "sync":
            client.realtime.events().__enter__()
        else:
            asyncio.run(enter())

    install = r"needs websockets: pip install 'molam-sdk-python\[realtime\]'"
    with pytest.raises(errors.ConfigurationError, match=install):
        enter_in(half)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"type":"snapshot","seq":true}', "[" * 9999, b"\xff"])
def test_what_is_no_frame_is_an_unexpected_answer(text: str | bytes) -> None:
    with pytest.raises(errors.UnexpectedResponseError):
        read(text)


def test_what_is_lost_is_tried_again_within_bounds() -> None:
    progress = Progress(None, 2, 60.0, lambda: 1.0)
    assert progress.lost(Lost(1012), 0.0) > 0
    assert progress.lost(Lost(cause_type="OSError"), 1.0) <= 60
    with pytest.raises(errors.NetworkError) as failed:
        progress.lost(Lost(cause_type="OSError"), 2.0)
    assert failed.value.cause_type == "OSError"
    progress.heard()
    for second in range(60):
        progress.lost(Lost(4429, "rate_limited"), 100.0 + second)
    with pytest.raises(errors.RateLimitError):
        progress.lost(Lost(4429, "rate_limited"), 161.0)


@pytest.mark.parametrize(
    ("code", "error"),
    [(4401, errors.AuthenticationError), (4403, errors.PermissionDeniedError), (4404, errors.NotFoundError)],
)
def test_what_is_refused_is_not_tried_again(code: int, error: type[errors.MolamError]) -> None:
    progress = Progress(None, 5, 60.0, lambda: 1.0)
    progress.heard()
    with pytest.raises(error):
        progress.lost(Lost(code, "scope_missing"), 0.0)
