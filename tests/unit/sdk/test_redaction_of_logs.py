"""The redaction for logs, in the standard library's and in structlog's."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
import structlog

from molam_sdk.redaction import RedactionFilter, redact_event

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
PHONE = "+221779114477"
MAIL = "awa.ndiaye@example.com"
PRIVATE = ("4eC39Hq", "22177911", "example.com")


class Customer:
    def __repr__(self) -> str:
        return f"Customer({MAIL})"


def everything(log: Any) -> None:
    log.info("paying %s with %s", PHONE, KEY, extra={"customer": {"mail": [MAIL]}, "object": Customer(), "count": 3})
    log.warning("number %d", 221779114477)
    try:
        raise ValueError(f"no such customer: {MAIL}")
    except ValueError:
        log.exception("failed for %s", Customer(), stack_info=True)
    log.info("too few: %s %s", KEY)


@pytest.fixture
def written() -> Any:
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    form = "%(levelname)s %(message)s %(customer)s %(object)s %(count)s"
    handler.setFormatter(logging.Formatter(form, defaults={"customer": "", "object": "", "count": ""}))
    handler.addFilter(RedactionFilter())
    log = logging.getLogger("shop.redacted")
    log.propagate = False
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield log, sink
    log.removeHandler(handler)
    log.propagate = True


def test_records_keep_their_words_and_lose_what_is_private(written: Any) -> None:
    log, sink = written
    everything(log)
    text = sink.getvalue()
    assert [private for private in PRIVATE if private in text] == []
    assert "INFO paying ***4477 with sk_test_*** {'mail': ['***@***']} Customer(***@***) 3" in text
    assert "WARNING number ***4477" in text
    assert "Traceback (most recent call last)" in text
    assert "ValueError: no such customer: ***@***" in text
    assert "too few: %s %s" in text


def test_events_of_structlog_too() -> None:
    sink = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(sink),
        processors=[structlog.processors.format_exc_info, redact_event, structlog.processors.JSONRenderer()],
    )
    log.info("paying", phone=PHONE, key=KEY, number=221779114477, more={"mail": (MAIL,)}, object=Customer(), count=3)
    try:
        raise ValueError(MAIL)
    except ValueError:
        log.exception("failed")
    text = sink.getvalue()
    assert [private for private in PRIVATE if private in text] == []
    assert '"phone": "***4477", "key": "sk_test_***", "number": "***4477", "more": {"mail": ["***@***"]}' in text
    assert '"count": 3' in text
    assert "ValueError: ***@***" in text
