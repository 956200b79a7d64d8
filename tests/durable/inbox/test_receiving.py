"""What the inbox takes, and keeps once."""

import logging
from typing import Any

import pytest

from molam_sdk import errors
from molam_sdk.durable import Processed
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    InboxDriver,
    deliver,
    done_by_handlers,
    signed,
    states,
    webhook,
)

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")


def test_what_is_not_proven_authentic_is_not_kept(inbox: InboxDriver, database: Durable) -> None:
    wrong: list[tuple[bytes, str | None, str]] = [
        (webhook(), None, "missing_header"),
        (webhook(), signed(webhook(), "whsec_other"), "mismatch"),
        (webhook(), signed(webhook("evt_2")), "mismatch"),
        (b"no event", "t=1,v1=" + "0" * 64, "expired"),
    ]
    for body, header, reason in wrong:
        with pytest.raises(errors.SignatureError) as refused:
            inbox.receive(header, body)
        assert refused.value.reason == reason
    assert states(database) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"id": 1, "type": "x"}', b'{"id": "evt_1"}', b'{"id": "", "type": "x"}', b"\xff\xfe",
        b'{"id": "evt 1", "type": "x"}', webhook("e" * 256), webhook(type="t" * 256), webhook("evt_\u00e9"),
        b"[" * 99_999,
    ],
)  # fmt: skip
def test_an_authentic_body_that_is_no_event_is_refused(inbox: InboxDriver, database: Durable, body: bytes) -> None:
    with pytest.raises(errors.UnexpectedResponseError) as refused:
        inbox.receive(signed(body), body)
    assert refused.value.raw == body
    assert states(database) == {}


@pytest.mark.parametrize("body", [webhook(), bytearray(webhook()), memoryview(webhook()), webhook().decode()])
def test_a_body_may_come_in_any_form_of_bytes(inbox: InboxDriver, body: Any) -> None:
    assert inbox.receive(signed(webhook()), body).event_id == "evt_1"


@pytest.mark.parametrize(
    "document",
    [
        webhook(about=None), webhook(about=""), webhook(about="\ud800 \0"), webhook(about="o" * 300),
        webhook(sequence=None), webhook(sequence=-1), webhook(sequence=True), webhook(sequence=2**70),
        webhook(sequence=1.5),
        webhook(status=None), webhook(status="s" * 65), webhook(status=["\0"]), b'{"id":"evt_1","type":"x","data":[]}',
        b'{"id":"evt_1","type":"x"}', b'{"id":"evt_1","type":"x","data":{"object":7},"sequence":NaN}',
    ],
)  # fmt: skip
def test_an_event_with_odd_members_runs_like_any_other(inbox: InboxDriver, database: Durable, document: bytes) -> None:
    inbox.on("*")
    deliver(inbox, document)
    assert inbox.process() == Processed(done=1)
    assert states(database) == {"evt_1": "done"}


def test_the_same_id_with_another_body_is_told_and_not_run_twice(
    inbox: InboxDriver, database: Durable, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.on("*")
    deliver(inbox, webhook(sequence=1))
    with caplog.at_level(logging.WARNING, "molam_sdk"):
        (receipt,) = deliver(inbox, webhook(sequence=2))
    assert receipt.duplicate
    assert receipt.conflicting
    assert "evt_1 came again with another body" in caplog.text
    assert inbox.process() == Processed(done=1)
    assert database.rows("SELECT sequence, conflicting FROM received_webhooks") == [(1, True)]


def test_ids_differ_by_case(inbox: InboxDriver, database: Durable) -> None:
    inbox.on("*")
    deliver(inbox, webhook("evt_a"), webhook("evt_A"))
    assert inbox.process() == Processed(done=2)
    assert len(done_by_handlers(database)) == 2
