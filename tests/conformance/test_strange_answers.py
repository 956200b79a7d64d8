"""Answers that the provider does not document are never an exception, and never believed."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Pending, Unknown

from .pair import Pair
from .test_movements import MOVES

STRANGE = (
    "<!doctype html><title>502 Bad Gateway</title>",
    "",
    "null",
    "[]",
    "42",
    "{}",
    '{"status": true, "data": {',
    "\ufffd\u0000",
    "[" * 5000 + "]" * 5000,
    '{"amount": NaN, "status": NaN}',
    '{"error": "no", "message": 7, "status": "no"}',
    '{"status": true, "message": "", "data": [1, null]}',
    '{"status": null, "message": null, "data": null, "id": null, "error": null}',
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", MOVES)
async def test_strange_answers_to_an_instruction_are_unknown(pair: Pair, kind: AttemptKind) -> None:
    for status, body in itertools.product((200, 502), STRANGE):
        instruction = await pair.prepare(kind)
        before = len(await pair.moved())
        pair.arm("error_after", pair.moving[kind], status=status, body=body)
        outcome = await pair.send(instruction)
        assert isinstance(outcome, Unknown), (status, body, outcome)
        await pair.conclude(instruction, outcome)
        assert len(await pair.moved()) == before + 1, (status, body)


async def test_strange_answers_to_a_question_conclude_nothing(pair: Pair) -> None:
    instruction = pair.instruct(AttemptKind.CHARGE)
    sent = await pair.send(instruction)
    handle = getattr(sent, "handle", None)
    for status, body in itertools.product((200, 404, 500), STRANGE):
        pair.arm("error_before", status=status, body=body)
        outcome = await pair.provider.query(instruction, handle, pair.configuration)
        assert isinstance(outcome, Unknown | Pending), (status, body, outcome)


@pytest.mark.parametrize("kind", MOVES)
async def test_undocumented_statuses_are_not_believed(pair: Pair, kind: AttemptKind) -> None:
    for status in (301, 302, 307, 429, 500, 503, 504):
        instruction = await pair.prepare(kind)
        pair.arm("error_before", pair.moving[kind], status=status, body="{}")
        outcome = await pair.send(instruction)
        assert isinstance(outcome, Unknown | NotSent | Failed), (status, outcome)


_NAMES = st.sampled_from(
    ["status", "message", "data", "id", "reference", "amount", "currency", "error", "code", "object", "kind",
     "ResponseCode", "ResultCode", "Result", "Body", "merchant_note", "transaction"]
)  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["success", "succeeded", "0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=12,
)


async def test_whatever_json_comes_back_is_an_outcome(pair: Pair) -> None:
    instruction = pair.instruct(AttemptKind.CHARGE)

    @given(document=st.dictionaries(_NAMES, _VALUES, max_size=6), status=st.sampled_from([200, 201, 400, 404, 409]))
    @settings(max_examples=25, deadline=None)
    def draw(document: object, status: int) -> None:
        drawn.append((json.dumps(document), status))

    drawn: list[tuple[str, int]] = []
    draw()
    for body, status in drawn:
        pair.arm("error_before", status=status, body=body)
        outcome = await pair.provider.query(instruction, None, pair.configuration)
        assert outcome is None or isinstance(outcome, Unknown | Failed), (body, outcome)
