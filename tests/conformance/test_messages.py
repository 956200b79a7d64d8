"""Webhooks and callbacks: believed if authentic, once, in whatever order; everything else is refused by name."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Outcome, Succeeded
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.inbound import ForgedError, Message, News, UnreadableError

from .pair import Pair, Wish

pytestmark = pytest.mark.anyio

FAR = 301.0
"""Seconds beyond which a signature with a time is not believed."""

KINDS = (None, "s", "p", "r", "t", "o", "v", "n", "x")


async def told(pair: Pair) -> tuple[Instruction, Message]:
    """A payment that succeeded, and the first authentic message about it."""
    instruction = pair.instruct(AttemptKind.CHARGE, Wish.LATER_OK)
    outcome = await pair.perform(instruction)
    assert isinstance(outcome, Succeeded), outcome
    await pair.advance(1)
    assert pair.mailbox.messages, f"{pair.name} told nothing"
    return instruction, pair.mailbox.messages[-1]


def signed(pair: Pair) -> str:
    """The header that authenticates messages; skips the test where nothing is signed."""
    assert (pair.signature is not None) == pair.capabilities.signed_callbacks
    if pair.signature is None:
        pytest.skip(f"{pair.name} signs nothing")
    return pair.signature


def refused(pair: Pair, message: Message) -> None:
    with pytest.raises(ForgedError) as caught:
        pair.provider.verify(message, pair.configuration)
    for secret in pair.configuration.secrets.values():
        assert secret not in str(caught.value)


async def test_authentic_messages_are_about_the_instruction(pair: Pair) -> None:
    instruction, _ = await told(pair)
    for address, message in pair.mailbox.letters:
        pair.provider.verify(message, pair.configuration)
        news = [each for each in pair.provider.read(message, pair.configuration) if isinstance(each, News)]
        assert all(each.key for each in news)
        assert all(
            each.reference == instruction.reference or each.handle or address == instruction.reference for each in news
        )
        assert pair.provider.read(message, pair.configuration) == pair.provider.read(message, pair.configuration)
        for each in news:
            json.dumps(dict(pair.provider.acknowledge(each, accepted=True).body))
    json.dumps(dict(pair.provider.acknowledge(None, accepted=True).body))


async def test_what_was_not_taken_is_told_again(pair: Pair) -> None:
    """The gateway may be away when there is news, so what matters comes until it was heard."""
    signed(pair)
    pair.mailbox.statuses = [503] * 9
    await told(pair)
    pair.mailbox.statuses = []
    await pair.advance(3_700)
    reports = [each for message in pair.mailbox.messages for each in pair.provider.read(message, pair.configuration)]
    keys = Counter(each.key for each in reports if isinstance(each, News))
    assert keys
    assert min(keys.values()) > 1


async def test_every_flipped_byte_is_noticed(pair: Pair) -> None:
    header = signed(pair)
    _, message = await told(pair)
    for position in range(len(message.body)):
        flipped = bytearray(message.body)
        flipped[position] ^= 1
        refused(pair, replace(message, body=bytes(flipped)))
    refused(pair, replace(message, body=message.body + b" "))
    refused(pair, replace(message, body=b""))
    value = message.headers[header]
    digest = max((part.partition("=")[2] or part for part in value.split(",")), key=len)
    for position, character in enumerate(digest):
        wrong = digest[:position] + ("0" if character != "0" else "1") + digest[position + 1 :]
        refused(pair, replace(message, headers={**message.headers, header: value.replace(digest, wrong)}))


async def test_missing_and_foreign_signatures_are_refused(pair: Pair) -> None:
    header = signed(pair)
    _, message = await told(pair)
    without = {name: value for name, value in message.headers.items() if name != header}
    refused(pair, replace(message, headers=without))
    for value in ("", " ", "t=,v1=", "v1=00", "t=1,v1=" + "0" * 64, "0" * 128, "\x00", "é" * 128, "," * 5000):
        refused(pair, replace(message, headers={**without, header: value}))
    pair.provider.verify(message, pair.configuration)
    secrets = {name: f"{value}x" for name, value in pair.configuration.secrets.items()}
    with pytest.raises(ForgedError):
        pair.provider.verify(message, replace(pair.configuration, secrets=secrets))


@pytest.mark.parametrize("seconds", [FAR, -FAR])
async def test_stale_and_future_signatures_are_refused(pair: Pair, seconds: float) -> None:
    header = signed(pair)
    _, message = await told(pair)
    if "t=" not in message.headers[header]:
        pytest.skip(f"{pair.name} does not say when it signed: its news are never believed, only asked about")
    pair.provider.verify(message, pair.configuration)
    pair.clock.advance(seconds + (-2 if seconds < 0 else 0))
    refused(pair, message)


async def test_messages_in_any_order_and_number_lead_to_one_state(pair: Pair) -> None:
    instruction, _ = await told(pair)
    outcome = await pair.perform(pair.instruct(AttemptKind.CHARGE, Wish.LATER_FAILED))
    assert isinstance(outcome, Failed), outcome
    messages = [message for address, message in pair.mailbox.letters if address in {None, instruction.reference}]
    orders = [messages, messages[::-1], messages * 3, [*messages[::-1], *messages]]
    states = [await after(pair, instruction, order) for order in orders]
    assert all(isinstance(each, Succeeded) for each in states), states
    assert len({each.transaction_id for each in states if isinstance(each, Succeeded)}) == 1
    moved = [each for each in await pair.moved() if each[0] == "charge"]
    assert len(moved) == 1


async def after(pair: Pair, instruction: Instruction, messages: Sequence[Message]) -> Outcome | None:
    """What the messages, each heard as the gateway hears it, bring an instruction to."""
    heard: set[str] = set()
    state: Outcome | None = None
    for message in messages:
        for news in pair.provider.read(message, pair.configuration):
            if not isinstance(news, News) or news.key in heard or isinstance(state, Succeeded | Failed):
                continue
            heard.add(news.key)
            if news.reference in {None, instruction.reference}:
                found = news.outcome or await pair.provider.query(instruction, news.handle, pair.configuration)
                state = found or state
    return state


async def test_repetitions_have_one_key_and_different_facts_have_two(pair: Pair) -> None:
    await told(pair)
    await told(pair)
    keys: dict[str, set[bytes]] = {}
    for message in pair.mailbox.messages:
        for report in pair.provider.read(message, pair.configuration):
            assert isinstance(report, News)
            keys.setdefault(report.key, set()).add(message.body)
    assert keys
    assert all(len(bodies) == 1 for bodies in keys.values()), keys


_NAMES = st.sampled_from(
    ["id", "type", "event", "data", "object", "reference", "status", "Body", "stkCallback", "Result", "ResultCode",
     "CheckoutRequestID", "TransID", "transaction_reference", "metadata", "merchant_note", "amount", "livemode"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=10,
)
_BODIES = st.binary(max_size=64) | _JSON.map(lambda value: json.dumps(value).encode())


async def test_arbitrary_messages_raise_nothing_else(pair: Pair) -> None:
    header = pair.signature or "x-signature"

    @given(body=_BODIES, value=st.text(max_size=80), kind=st.sampled_from(KINDS))
    @settings(max_examples=80, deadline=None)
    def hear(body: bytes, value: str, kind: str | None) -> None:
        message = Message(body, {header: value}, "203.0.113.7", kind)
        try:
            pair.provider.verify(message, pair.configuration)
            assert pair.signature is None, "nobody signed this"
        except ForgedError:
            pass
        try:
            for report in pair.provider.read(message, pair.configuration):
                pair.provider.acknowledge(report, accepted=True)
        except UnreadableError:
            pass

    hear()
