"""What httpx's transport cannot, found by running the fault suite over it (`tox -e httpx-wire`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A promise that holds on the SDK's own wire only.

    Attributes:
        what: The limit, as docs/design/wire.md lists it.
        tests: Names of the tests that meet it, each with words of their parameters where only some do.
    """

    what: str
    tests: tuple[tuple[str, str], ...]

    def covers(self, test: str, parameters: str) -> bool:
        """Whether a test may fail because of it."""
        return any(test == name and words in f"-{parameters}" for name, words in self.tests)


_TABLE = (
    "test_a_payment_whose_every_attempt_meets_the_fault",
    "test_a_payment_under_tls_whose_only_attempt_meets_the_fault",
    "test_a_payment_whose_first_attempt_meets_the_fault",
    "test_a_read_that_meets_the_fault",
)
_DEADLINE = "test_a_call_ends_with_its_deadline"


def _rows(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((test, each) for test in _TABLE for each in words)


LIMITS = (
    Limit(
        "A synchronous call outlasts its deadline while the headers drip, byte by byte.",
        (
            *_rows(
                "-sync-answer: a byte now and then in the headers",
                "-sync-tls-answer: a byte now and then in the headers",
            ),
            (_DEADLINE, "-sync-a byte now and then in"),
            ("test_asking_where_the_account_lives_is_part_of_the_deadline", "-sync-drip"),
            ("test_the_deadline_holds", "-sync-headers"),
            ("test_the_deadline_holds_whatever_the_server_drips", "-sync-header drip"),
        ),
    ),
    Limit(
        "A synchronous call outlasts its deadline while a name is looked up, and tries addresses one after the other.",
        (
            *_rows("-sync-DNS: no answer", "-sync-tls-DNS: no answer"),
            ("test_a_name_that_is_never_resolved", ""),
            ("test_a_region_whose_name_is_never_resolved", "-sync"),
            ("test_a_first_address_that_never_answers_leaves_time_for_the_second", "-sync"),
            ("test_a_silent_address_is_passed_by", "-sync"),
            ("test_hosts_that_never_answer", ""),
        ),
    ),
    Limit(
        "How far a call came (`phase`) is not told apart for names, TLS and writing: what was cut there is `unknown`.",
        (
            *_rows("DNS: no answer", "TLS: no answer", "TLS: reset"),
            (_DEADLINE, "handshake"),
            (_DEADLINE, "nobody reads"),
            ("test_waiting_for_another_call_is_part_of_the_deadline", "async-slot"),
            ("test_the_read_timeout_ends_an_attempt_and_the_deadline_the_call", "async"),
        ),
    ),
    Limit(
        "Informational answers (1xx) are read without end.",
        _rows("answer: endless interim answers"),
    ),
    Limit(
        "What stands between the chunks of an answer is read until the deadline, however much it is.",
        (
            ("test_an_answer_takes_no_more_memory_than_it_may", "-chunks of a byte"),
            ("test_an_answer_takes_no_more_memory_than_it_may", "-chunks with long extensions"),
        ),
    ),
    Limit(
        "Bytes that came together with an answer are found out by the next call, which they cost an attempt.",
        (("test_what_came_beside_an_answer_costs_the_next_call_nothing", ""),),
    ),
    Limit(
        "Renewed certificates and authorities are used by new clients only.",
        (
            ("test_the_next_connection_shows_the_renewed_certificate", ""),
            ("test_the_next_connection_trusts_the_renewed_authorities", ""),
            ("test_a_swap_that_is_not_done_breaks_nothing", ""),
        ),
    ),
    Limit(
        "The time left that the server is told (`Molam-Deadline-Ms`) counts from before there was a connection.",
        (("test_time_spent_on_the_way_is_not_promised_to_the_server", ""),),
    ),
)
