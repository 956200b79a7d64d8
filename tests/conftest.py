"""What holds for every test: how long examples may take, and what it may leave behind."""

import sys

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is; `timeout` ends a test that hangs.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Fail the test that interrupted a thread in a way in which nothing but a trace can.

    An exception that still counts as being handled would join the next one.
    """
    left = sys.exception()
    assert left is None, f"{left!r} still counts as being handled: interrupt in a thread of its own"
