"""The tests that do not go together with the plugin, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

_WHOLE = "compares the whole of a request"
_KEY = "repeats the request of another client, which has no marks, with its idempotency key"
_ALIVE = "looks at what stays alive, and the errors that are to be searched would"

UNMARKED: dict[str, str] = {
    "tests/contract/test_idempotency.py::test_a_call_that_may_not_wait_is_told_of_the_key_under_way": _KEY,
    "tests/contract/test_idempotency.py::test_a_call_with_a_key_under_way_waits_for_it": _KEY,
    "tests/unit/sdk/test_adapter.py::test_an_adapter_gets_the_request_in_plain_values": _WHOLE,
    "tests/unit/sdk/test_client_requests.py::test_a_call_returns_the_generated_model": _WHOLE,
    "tests/unit/sdk/test_client_requests.py::test_account_version_and_language_go_with_every_call": _WHOLE,
    "tests/unit/sdk/test_client_requests.py::test_the_headers_of_a_write": _WHOLE,
    "tests/unit/sdk/test_resources.py::test_what_is_not_given_is_not_sent": _WHOLE,
}
"""Tests that run with the customer data that they have themselves; keys and secrets are searched for in them too."""

AT_ONCE: dict[str, str] = {
    "tests/durable/inbox/test_deaths.py::test_receiving": _ALIVE,
    "tests/durable/inbox/test_deaths.py::test_working_at_an_event": _ALIVE,
    "tests/faults/test_leaks.py::test_asynchronous_calls_leave_nothing": _ALIVE,
    "tests/faults/test_leaks.py::test_clients_that_come_and_go_leave_no_descriptor": _ALIVE,
    "tests/faults/test_leaks.py::test_synchronous_calls_leave_nothing": _ALIVE,
    "tests/unit/sdk/test_resolve.py::test_the_newest_errors_are_kept_and_only_while_somebody_holds_them": _ALIVE,
}
"""Tests of which nothing is held: everything is searched where it is seen, for the marks that are known by then."""

DESELECTED: dict[str, str] = {}
"""Tests that are not run."""


def reason(test: str, excluded: dict[str, str]) -> str | None:
    """Why a test is excluded; an entry without parameters is about all of them."""
    return excluded.get(test) or excluded.get(test.partition("[")[0])


def unknown(collected: Iterable[str], asked: Iterable[str], root: Path) -> Iterator[str]:
    """Yield the entries that name no test, of the files that were collected as a whole or are not there at all.

    Args:
        collected: Ids of the tests that were found.
        asked: What pytest was asked for: a test of a file does not stand for the others in it.
        root: Folder that the ids begin at.
    """
    known = {name for test in collected for name in (test, test.partition("[")[0])}
    parts = {str((root / each.partition("::")[0]).resolve()) for each in asked if "::" in each}
    whole = {file for file in {test.partition("::")[0] for test in known} if str((root / file).resolve()) not in parts}
    for test in (*UNMARKED, *AT_ONCE, *DESELECTED):
        file = test.partition("::")[0]
        if test not in known and (file in whole or not (root / file).is_file()):
            yield test
