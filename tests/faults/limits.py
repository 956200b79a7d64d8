"""What httpx's transport cannot, found by running the fault suite over it (`tox -e httpx-wire`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A promise that holds on the SDK's own wire only.

    Attributes:
        what: The limit, as docs/design/wire.md lists it.
        tests: The tests that fail because of it, each with its parameters.
    """

    what: str
    tests: tuple[str, ...]


def _each(test: str, *parameters: str) -> tuple[str, ...]:
    return tuple(f"{test}[{each}]" for each in parameters)


def _row(kind: str, row: str) -> tuple[str, ...]:
    """The tests of a row of the table of faults that look at what the caller is told."""
    return (
        f"test_a_payment_whose_every_attempt_meets_the_fault[{kind}-{row}]",
        f"test_a_payment_under_tls_whose_only_attempt_meets_the_fault[{kind}-tls-{row}]",
        f"test_a_read_that_meets_the_fault[{kind}-{row}]",
    )


_FIRST = "test_a_payment_whose_first_attempt_meets_the_fault"
_DEADLINE = "test_a_call_ends_with_its_deadline"

LIMITS = (
    Limit(
        "A synchronous call outlasts its deadline while the headers drip, byte by byte.",
        (
            *_row("sync", "answer: a byte now and then in the headers"),
            *_each(
                _DEADLINE,
                "sync-a byte now and then in the headers",
                "sync-a byte now and then in the headers, sealed",
            ),
            *_each("test_asking_where_the_account_lives_is_part_of_the_deadline", "sync-drip"),
            *_each("test_the_deadline_holds", "sync-headers"),
            *_each("test_the_deadline_holds_whatever_the_server_drips", "sync-header drip"),
        ),
    ),
    Limit(
        "A synchronous call outlasts its deadline while a name is looked up, and tries addresses one after the other.",
        (
            *_row("sync", "DNS: no answer"),
            *_each(_FIRST, "sync-DNS: no answer"),
            *_each("test_a_name_that_is_never_resolved", "sync"),
            *_each("test_a_region_whose_name_is_never_resolved", "sync-True", "sync-False"),
            *_each("test_a_first_address_that_never_answers_leaves_time_for_the_second", "sync"),
            *_each("test_a_silent_address_is_passed_by", "sync"),
            *_each("test_hosts_that_never_answer", "sync"),
        ),
    ),
    Limit(
        "An asynchronous call cut by its deadline before its request is out is `unknown`, wherever it was (`phase`).",
        (
            *_each(
                _DEADLINE,
                "async-a byte now and then in the handshake",
                "async-no handshake",
                "async-nobody reads",
            ),
            *_each("test_a_name_that_is_never_resolved", "async"),
            *_each("test_hosts_that_never_answer", "async"),
            *_each("test_waiting_for_another_call_is_part_of_the_deadline", "async-slot"),
        ),
    ),
    Limit(
        "A TLS handshake that is reset is told as a failed connect (`phase`).",
        (
            *_row("sync", "TLS: reset after connecting"),
            *_row("sync", "TLS: reset in mid-handshake"),
            *_row("async", "TLS: reset after connecting"),
            *_row("async", "TLS: reset in mid-handshake"),
        ),
    ),
    Limit(
        "A TLS handshake that a synchronous call waits for in vain is told as a connect (`phase`).",
        (
            *_row("sync", "TLS: no answer"),
            *_each(_DEADLINE, "sync-a byte now and then in the handshake", "sync-no handshake"),
        ),
    ),
    Limit(
        "A name that an asynchronous call waits for in vain is told as a connect (`phase`).",
        _row("async", "DNS: no answer"),
    ),
    Limit(
        "Informational answers (1xx) are read without end, by an asynchronous call until its deadline.",
        (
            *_row("sync", "answer: endless interim answers (1xx)"),
            *_row("async", "answer: endless interim answers (1xx)"),
            *_each(
                _FIRST,
                "sync-answer: endless interim answers (1xx)",
                "async-answer: endless interim answers (1xx)",
            ),
        ),
    ),
    Limit(
        "What stands between the chunks of an answer is read until the deadline, however much it is.",
        _each(
            "test_an_answer_takes_no_more_memory_than_it_may",
            "sync-chunks of a byte",
            "sync-chunks with long extensions",
            "async-chunks of a byte",
            "async-chunks with long extensions",
        ),
    ),
    Limit(
        "Bytes that came together with an answer are found out by the next call, which they cost an attempt.",
        _each(
            "test_what_came_beside_an_answer_costs_the_next_call_nothing",
            *(
                f"{kind}-{path}-answer: {what}"
                for kind in ("sync", "async")
                for path in ("plain", "tls")
                for what in ("twice", "announced shorter than it is")
            ),
        ),
    ),
    Limit(
        "Renewed certificates and authorities are used by new clients only.",
        (
            *_each(
                "test_the_next_connection_shows_the_renewed_certificate",
                *(f"{kind}-{how}" for kind in ("sync", "async") for how in ("swap", "write", "rename")),
            ),
            *_each("test_the_next_connection_trusts_the_renewed_authorities", "sync", "async"),
            *_each("test_a_swap_that_is_not_done_breaks_nothing", "sync", "async"),
        ),
    ),
    Limit(
        "The time left that the server is told (`Molam-Deadline-Ms`) counts from before there was a connection.",
        _each("test_time_spent_on_the_way_is_not_promised_to_the_server", "sync", "async"),
    ),
)
