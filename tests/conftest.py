"""What a test leaves behind is looked at: an exception that still counts as being handled would join the next one."""

import sys

import pytest


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Fail the test that interrupted a thread in a way in which nothing but a trace can."""
    left = sys.exception()
    assert left is None, f"{left!r} still counts as being handled: interrupt in a thread of its own"
