"""The journal: written before sending, begun again, claimed by one, ended for good, forgotten in time."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve

from molam_sdk.errors import ConfigurationError, ConflictError, IdempotencyError, ValidationError
from molam_sdk.journal import Ended, Ending
from tests.durable.databases import Durable
from tests.durable.journals import CONTENT, OWNER, JournalDriver, ended, entry, journal_on, make_older, scope, state


@pytest.fixture(params=["sync", "async"])
def journal(request: pytest.FixtureRequest, database: Durable) -> JournalDriver:
    return journal_on(database, request.param)


def test_a_begun_call_is_there_with_its_very_bytes(journal: JournalDriver) -> None:
    begun = entry(account="acct_1", livemode=None, content=b"\x00\xff" * 40_000, lease=0.0)
    journal.begin(begun)
    ((_, claimed),) = journal.claim(10, 7.0, scope(None))
    assert 0 <= claimed.age < 60
    assert claimed.last_begun_at is not None
    assert evolve(claimed, age=0.0, last_begun_at=None) == entry(
        account="acct_1",
        livemode=None,
        content=begun.content,
        created_at=begun.created_at,
        lease=7.0,
    )
    assert claimed.created_at.utcoffset() == timedelta(0)


def test_a_call_without_a_body_stays_without_one(journal: JournalDriver) -> None:
    journal.begin(entry("none", content=None))
    journal.begin(entry("empty", content=b""))
    assert [(each.content, each.content_kept) for _, each in journal.claim(10, lease=9)] == [(None, True), (b"", True)]


def test_what_is_leased_or_finished_is_not_claimed(journal: JournalDriver) -> None:
    journal.begin(entry("leased", lease=60.0))
    journal.finish(journal.begin(entry("finished")), ended("succeeded"))
    journal.begin(entry("left"))
    assert [each.idempotency_key for _, each in journal.claim(10, lease=60.0)] == ["left"]
    assert journal.claim(10, lease=60.0) == []


def test_the_longest_overdue_are_claimed_first_and_no_more_than_asked_for(
    journal: JournalDriver, database: Durable
) -> None:
    for key in ("first", "second", "third"):
        journal.begin(entry(key))
        make_older(database, 1)
    assert [each.idempotency_key for _, each in journal.claim(2, lease=60.0)] == ["first", "second"]
    assert [each.idempotency_key for _, each in journal.claim(2, lease=60.0)] == ["third"]


@pytest.mark.parametrize("ending", ["succeeded", "rejected", "not_sent"])
def test_an_end_is_written_with_what_is_known_of_it(journal: JournalDriver, database: Durable, ending: Ending) -> None:
    known = ended(ending, status_code=402, object_id="pi_1", code="card_declined", request_id="req_1")
    journal.finish(journal.begin(entry()), known)
    kept = database.rows("SELECT state, status_code, object_id, code, request_id, leased_until FROM molam_calls")
    assert kept == [(ending, 402, "pi_1", "card_declined", "req_1", None)]
    assert journal.claim(10, lease=9) == []
    assert journal.unfinished() == []


def test_an_end_is_kept_whatever_a_server_calls_things(journal: JournalDriver, database: Durable) -> None:
    odd = ended("succeeded", object_id="é\x00" * 300, code="a b", request_id="")
    journal.finish(journal.begin(entry()), odd)
    assert database.rows("SELECT state, code, request_id FROM molam_calls") == [("succeeded", "a?b", "")]


def test_a_call_in_doubt_is_claimed_again_at_once(journal: JournalDriver) -> None:
    journal.finish(journal.begin(entry(lease=60.0)), ended("in_doubt", status_code=503))
    ((token, _),) = journal.claim(10, lease=60.0)
    journal.finish(token, ended("succeeded"))
    assert journal.claim(10, lease=60.0) == []


def test_a_stale_call_waits_for_a_person(journal: JournalDriver) -> None:
    journal.begin(entry())
    ((token, _),) = journal.claim(10, lease=0.0)
    journal.finish(token, ended("stale"))
    assert journal.claim(10, lease=0.0) == []
    (found,) = journal.unfinished()
    assert (found.idempotency_key, found.state, found.leased) == ("order-1", "stale", False)


def test_people_see_what_is_unfinished_the_oldest_first(journal: JournalDriver, database: Durable) -> None:
    journal.begin(entry("older", account="acct_1", livemode=True))
    make_older(database, 5)
    journal.finish(journal.begin(entry("newer", livemode=None)), ended("in_doubt", status_code=500, request_id="req_9"))
    journal.begin(entry("at work", lease=60.0))
    journal.finish(journal.begin(entry("done")), ended("succeeded"))
    shown = [
        (each.idempotency_key, each.account, each.livemode, each.state, each.leased, each.request_id)
        for each in journal.unfinished()
    ]
    assert shown == [
        ("older", "acct_1", True, "in_flight", False, None),
        ("newer", None, None, "in_doubt", False, "req_9"),
        ("at work", None, False, "in_flight", True, None),
    ]
    assert [each.idempotency_key for each in journal.unfinished(limit=1)] == ["older"]


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        (None, "unknown"),
        ("in_doubt", "unknown"),
        ("stale", "unknown"),
        ("succeeded", "unknown"),
        ("rejected", "not_sent"),
        ("not_sent", "not_sent"),
    ],
)
def test_a_key_with_another_request_is_refused_and_told_nothing(
    journal: JournalDriver, ending: Ending | None, outcome: str
) -> None:
    """Nor that a new key is the way out as long as the first request may have been done: it may be the same payment."""
    token = journal.begin(entry(lease=60.0))
    if ending is not None:
        journal.finish(token, ended(ending))
    with pytest.raises(IdempotencyError) as caught:
        journal.begin(entry(content=b'{"amount":9999}'))
    assert (caught.value.outcome, caught.value.code) == (outcome, "idempotency_key_reused")
    assert "2500" not in str(caught.value)
    assert "9999" not in str(caught.value)
    assert ("key of its own" in str(caught.value)) == (outcome == "not_sent")


def test_keys_are_apart_by_case_account_and_mode(journal: JournalDriver) -> None:
    tokens = {
        journal.begin(entry(key, content=key.encode() + repr(more).encode(), **more))
        for key in ("order-a", "order-A", "o" * 255)
        for more in ({}, {"account": "acct_1"}, {"account": "ACCT_1"}, {"livemode": True}, {"livemode": None})
    }
    assert len(tokens) == 15
    assert all(token.endswith(":1") for token in tokens)


def test_a_key_begun_again_keeps_the_time_of_its_first_use(journal: JournalDriver) -> None:
    first = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=5)))
    journal.begin(entry(created_at=first))
    journal.begin(entry(created_at=datetime.now(UTC)))
    ((_, claimed),) = journal.claim(10, lease=9.0)
    assert claimed.created_at == first


@pytest.mark.parametrize("ending", ["rejected", "not_sent", "stale"])
def test_a_call_that_came_to_nothing_is_in_flight_again_when_it_is_made_again(
    journal: JournalDriver, database: Durable, ending: Ending
) -> None:
    """Else a crash of the second call would be lost: its key may be paid now."""
    journal.finish(journal.begin(entry()), ended(ending))
    journal.begin(entry())
    assert state(database) == "in_flight"
    assert len(journal.claim(10, lease=9.0)) == 1


def test_a_success_stays_one_when_the_call_is_made_again(journal: JournalDriver, database: Durable) -> None:
    journal.finish(journal.begin(entry()), ended("succeeded", object_id="pi_1"))
    again = journal.begin(entry())
    assert state(database) == "succeeded"
    for ending in ("in_doubt", "not_sent", "rejected", "stale"):
        journal.finish(again, ended(ending))
    assert database.rows("SELECT state, object_id FROM molam_calls") == [("succeeded", "pi_1")]
    assert journal.claim(10, lease=9.0) == []


@pytest.mark.parametrize("ending", ["succeeded", "rejected", "not_sent", "in_doubt", "stale", None])
def test_a_key_is_looked_up_without_a_trace(journal: JournalDriver, database: Durable, ending: Ending | None) -> None:
    """Nothing is written and no lease is taken: another worker may be at the call."""
    assert not journal.in_doubt(entry())
    assert journal.unfinished() == []
    token = journal.begin(entry(lease=60.0))
    assert journal.in_doubt(entry())
    if ending is not None:
        assert journal.finish(token, ended(ending))
    before = state(database, "order-1")
    assert journal.in_doubt(entry(region="https://elsewhere.example")) == (ending not in ("rejected", "not_sent"))
    assert not journal.in_doubt(entry(account="acct_2"))
    with pytest.raises(IdempotencyError):
        journal.in_doubt(entry(content=b"another"))
    assert state(database, "order-1") == before
    assert journal.finish(token, ended("succeeded"))


@pytest.mark.parametrize("ending", ["rejected", "not_sent", "in_doubt", "stale"])
def test_an_overtaken_worker_changes_nothing(journal: JournalDriver, database: Durable, ending: Ending) -> None:
    old = journal.begin(entry())
    ((new, _),) = journal.claim(10, lease=60.0)
    journal.finish(old, ended(ending))
    assert state(database) == "in_flight"
    assert journal.claim(10, lease=60.0) == []
    journal.finish(new, ended("rejected", status_code=402, code="card_declined"))
    journal.finish(old, ended(ending))
    assert state(database) == "rejected"


def test_a_success_counts_whoever_saw_it(journal: JournalDriver, database: Durable) -> None:
    old = journal.begin(entry())
    ((new, _),) = journal.claim(10, lease=60.0)
    journal.finish(new, ended("rejected", status_code=402, code="card_declined"))
    journal.finish(old, ended("succeeded", object_id="pi_1"))
    assert state(database) == "succeeded"


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (ended("not_sent"), "in_doubt"),
        (ended("rejected", status_code=401, code="api_key_invalid"), "in_doubt"),
        (ended("rejected", status_code=404), "in_doubt"),
        (ended("rejected", status_code=409, code="idempotency_in_flight"), "in_doubt"),
        (ended("rejected", status_code=409, code="idempotency_key_expired"), "in_doubt"),
        (ended("rejected", status_code=402, code="card_declined"), "rejected"),
        (ended("rejected", status_code=404, code="resource_missing"), "rejected"),
        (ended("succeeded"), "succeeded"),
    ],
)
def test_what_says_nothing_of_earlier_claims_leaves_the_call_in_doubt(
    journal: JournalDriver, database: Durable, end: Ended, kept: str
) -> None:
    """The crashed process may have sent it: that the next one did not get through proves nothing."""
    journal.begin(entry())
    ((token, _),) = journal.claim(10, lease=60.0)
    journal.finish(token, end)
    assert state(database) == kept
    assert len(journal.claim(10, lease=60.0)) == (kept == "in_doubt")


def test_a_second_call_of_the_same_process_does_not_hide_the_first(journal: JournalDriver, database: Durable) -> None:
    journal.begin(entry(lease=60.0))
    journal.finish(journal.begin(entry(lease=60.0)), ended("not_sent"))
    assert state(database) == "in_doubt"


def test_cleanup_forgets_what_has_been_finished_for_long_and_nothing_else(
    journal: JournalDriver, database: Durable
) -> None:
    for ending in ("succeeded", "rejected", "not_sent"):
        journal.finish(journal.begin(entry(ending)), ended(ending))
    journal.finish(journal.begin(entry("in_doubt")), ended("in_doubt"))
    journal.begin(entry("in_flight"))
    journal.finish(journal.begin(entry("stale")), ended("stale"))
    assert journal.cleanup(timedelta(days=1)) == 0
    make_older(database, 86_400)
    journal.finish(journal.begin(entry("young")), ended("succeeded"))
    assert journal.cleanup(timedelta(days=1)) == 3
    left = database.rows("SELECT idempotency_key FROM molam_calls ORDER BY idempotency_key")
    assert left == [("in_doubt",), ("in_flight",), ("stale",), ("young",)]


def test_cleanup_goes_on_until_nothing_is_left(
    journal: JournalDriver, database: Durable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for half in ("journal", "async_journal"):
        monkeypatch.setattr(f"molam_sdk.durable._journal.{half}.CLEANUP_BATCH", 2)
    for number in range(5):
        journal.finish(journal.begin(entry(f"order-{number}")), ended("succeeded"))
    make_older(database, 86_401)
    assert journal.cleanup(timedelta(days=1)) == 5


def test_cleanup_within_the_retention_of_a_key_is_refused(journal: JournalDriver) -> None:
    with pytest.raises(ConfigurationError, match="24 hours"):
        journal.cleanup(timedelta(hours=23))
    days: Any = 30
    with pytest.raises(ConfigurationError, match=r"older_than must be a datetime\.timedelta"):
        journal.cleanup(days)


def test_tokens_and_limits_that_make_no_sense_are_refused(journal: JournalDriver) -> None:
    for token in ("", "x", "x:", ":1", "x:y"):
        with pytest.raises(ValidationError):
            journal.finish(token, ended("succeeded"))
    with pytest.raises(ValidationError):
        journal.claim(0, lease=1.0)
    with pytest.raises(ValidationError):
        journal.claim(1, lease=-1.0)


@pytest.mark.parametrize(
    ("end", "renewed"),
    [
        (ended("not_sent"), True),
        (ended("rejected", status_code=401, code="api_key_invalid"), True),
        (ended("rejected", status_code=402, code="card_declined"), False),
    ],
    ids=["not sent", "unauthorized", "declined"],
)
def test_a_call_that_ended_undone_may_be_begun_in_another_region(
    journal: JournalDriver, database: Durable, end: Ended, renewed: bool
) -> None:
    """And a key that nothing is stored under is first used then."""
    first = entry("moved", region="https://a.example")
    journal.finish(journal.begin(first), end)
    moved = entry("moved", region="https://b.example", created_at=first.created_at + timedelta(hours=1), lease=0.0)
    journal.begin(moved)
    ((_, claimed),) = journal.claim(10, lease=60.0)
    used = moved.created_at if renewed else first.created_at
    assert (claimed.region, claimed.created_at, claimed.content) == (moved.region, used, first.content)


def test_an_open_call_stays_in_its_region(journal: JournalDriver) -> None:
    """Another region does not know the key, and would do it a second time."""
    token = journal.begin(entry("open", region="https://a.example"))
    for _ in range(2):
        with pytest.raises(ConflictError) as caught:
            journal.begin(entry("open", region="https://b.example"))
        assert (caught.value.outcome, caught.value.idempotency_key) == ("unknown", "open")
        journal.finish(token, ended("in_doubt"))
    ((_, claimed),) = journal.claim(10, lease=60.0)
    assert claimed.region == "https://a.example"


# Whose calls they are


def test_the_calls_of_two_owners_are_apart(journal: JournalDriver) -> None:
    mine, other = entry(), entry(owner="key_other", content=b"another request")
    assert not journal.start(mine).in_doubt
    assert not journal.start(other).in_doubt
    assert [each.owner for _, each in journal.claim(10, 60.0)] == [OWNER]
    assert journal.claim(10, 60.0) == []
    ((_, found),) = journal.claim(10, 60.0, scope(former_owners=("key_x", "key_other")))
    assert found.owner == "key_other"


def test_an_owner_that_is_named_outlives_an_api_key(database: Durable) -> None:
    for half in ("sync", "async"):
        shop = journal_on(database, half, owner="shop-a")
        shop.begin(entry(half))
        assert shop.start(entry(half, owner="key_new")).in_doubt
        assert journal_on(database, half, owner="shop-b").claim(10, 60.0) == []
        assert journal_on(database, half).claim(10, 60.0) == []
        ((_, found),) = shop.claim(10, 60.0, scope(owner="key_new"))
        assert (found.idempotency_key, found.owner) == (half, "shop-a")


@pytest.mark.parametrize("owner", ["", "a b", "x" * 65, "é", 7, "key_0123456789abcdef"])
def test_an_owner_is_a_short_name(database: Durable, owner: object) -> None:
    for half in ("sync", "async"):
        with pytest.raises(ConfigurationError, match="owner"):
            journal_on(database, half, owner=owner)


def test_what_a_client_cannot_recover_is_not_leased_to_it(journal: JournalDriver) -> None:
    journal.begin(entry("live", livemode=True))
    journal.begin(entry("there", region="https://b.example"))
    journal.begin(entry("odd", region="https://b_example"))
    assert journal.claim(10, 60.0, scope(False, "https://a.example")) == []
    assert journal.claim(10, 60.0, scope(False, "https://{region}%example")) == []
    ((_, found),) = journal.claim(10, 60.0, scope(False, "https://a.example", "https://{region}.example"))
    assert found.idempotency_key == "there"
    assert [each.idempotency_key for _, each in journal.claim(10, 60.0, scope(True))] == ["live"]


# What the journal knows when a key is used again


@pytest.mark.parametrize(
    ("ending", "in_doubt"),
    [(None, True), ("in_doubt", True), ("stale", True), ("succeeded", True), ("rejected", False), ("not_sent", False)],
)
def test_a_key_that_may_have_been_done_is_begun_in_doubt(
    journal: JournalDriver, database: Durable, ending: Ending | None, in_doubt: bool
) -> None:
    first = journal.start(entry())
    assert not first.in_doubt
    if ending is not None:
        assert journal.finish(first.token, ended(ending))
    make_older(database, 100)
    again = journal.start(entry())
    assert again.in_doubt == in_doubt
    assert (99 < again.age < 200) == in_doubt
    assert again.last_begun_at is not None


@pytest.mark.parametrize(
    ("code", "status", "hours", "renewed"),
    [
        ("card_declined", 402, 22, False),
        ("card_declined", 402, 24, True),
        ("api_key_invalid", 401, 1, True),
    ],
)
def test_a_refused_key_is_as_young_as_its_next_use_unless_the_api_repeats_the_refusal(
    journal: JournalDriver, database: Durable, code: str, status: int, hours: int, renewed: bool
) -> None:
    """Else a call of a second ago could not be resolved, and would be looked for among the events of days ago."""
    journal.finish(journal.begin(entry()), ended("rejected", status_code=status, code=code))
    make_older(database, hours * 3600)
    again = journal.start(entry())
    assert not again.in_doubt
    assert (again.age < 60) == renewed
    assert (datetime.now(UTC) - again.first_used_at < timedelta(minutes=10)) == renewed
    ((_, claimed),) = journal.claim(10, lease=0.0)
    assert (claimed.age < 60) == renewed


def test_a_success_is_told_to_who_begins_again(journal: JournalDriver) -> None:
    assert not journal.start(entry("other")).succeeded
    journal.finish(journal.begin(entry()), ended("succeeded", object_id="pi_1"))
    again = journal.start(entry())
    assert (again.succeeded, again.object_id) == (True, "pi_1")
    assert not journal.start(entry("other")).succeeded


def test_the_age_of_a_key_is_the_databases(journal: JournalDriver, database: Durable) -> None:
    """The clock of the host that wrote it was ahead."""
    ahead = datetime.now(UTC) + timedelta(hours=20)
    journal.begin(entry(created_at=ahead))
    database.execute(f"UPDATE molam_calls SET first_begun_at = first_begun_at - {22 * 3_600_000_000}")  # noqa: S608
    assert 79_000 < journal.start(entry()).age < 80_000
    ((_, claimed),) = journal.claim(10, lease=0.0)
    assert 79_000 < claimed.age < 80_000
    assert claimed.created_at == ahead


def test_a_key_is_last_begun_when_it_may_have_been_sent(journal: JournalDriver, database: Durable) -> None:
    journal.begin(entry())
    make_older(database, 3600)
    journal.begin(entry())
    ((_, claimed),) = journal.claim(10, lease=0.0)
    assert claimed.last_begun_at is not None
    assert datetime.now(UTC) - claimed.last_begun_at < timedelta(minutes=10)
    make_older(database, 90_000)
    journal.begin(entry())
    ((_, claimed),) = journal.claim(10, lease=0.0)
    assert claimed.last_begun_at is not None
    assert datetime.now(UTC) - claimed.last_begun_at > timedelta(hours=24)


def test_who_finishes_is_told_whether_somebody_else_has_the_call(journal: JournalDriver) -> None:
    old = journal.begin(entry())
    ((new, _),) = journal.claim(10, lease=60.0)
    assert not journal.finish(old, ended("not_sent"))
    assert not journal.finish(old, ended("rejected", status_code=402, code="card_declined"))
    assert journal.finish(new, ended("in_doubt"))
    assert journal.finish(old, ended("succeeded"))


# What people do


@pytest.mark.parametrize("ending", ["succeeded", "rejected", "not_sent"])
def test_a_person_closes_what_is_stale(journal: JournalDriver, database: Durable, ending: Ending) -> None:
    token = journal.begin(entry(account="acct_1"))
    journal.finish(token, ended("stale"))
    assert not journal.close("order-1", ending)
    assert journal.close("order-1", ending, "acct_1", livemode=False, owner=OWNER)
    assert not journal.close("order-1", ending, "acct_1")
    assert (state(database), journal.unfinished()) == (ending, [])
    make_older(database, 100_000)
    assert journal.cleanup(timedelta(days=1)) == 1


def test_what_is_at_work_is_not_closed_and_what_is_closed_is_overtaken(journal: JournalDriver) -> None:
    token = journal.begin(entry("at work", lease=60.0))
    assert not journal.close("at work", "not_sent")
    assert journal.finish(token, ended("in_doubt"))
    token = journal.begin(entry("left"))
    assert journal.close("left", "succeeded")
    assert not journal.finish(token, ended("not_sent"))


def test_closing_needs_one_call_and_one_end(journal: JournalDriver) -> None:
    for livemode in (True, False):
        journal.begin(entry(livemode=livemode))
    with pytest.raises(ValidationError, match="livemode"):
        journal.close("order-1", "succeeded")
    assert journal.close("order-1", "succeeded", livemode=True)
    with pytest.raises(ValidationError, match="ending"):
        journal.close("order-1", "stale")


def test_people_page_through_what_is_unfinished(journal: JournalDriver, database: Durable) -> None:
    for number in range(3):
        journal.finish(journal.begin(entry(f"stale-{number}")), ended("stale"))
    journal.finish(journal.begin(entry("doubt")), ended("in_doubt"))
    seen: list[str] = []
    page = journal.unfinished(2, state="stale")
    while page:
        seen += [each.idempotency_key for each in page]
        page = journal.unfinished(2, state="stale", after=page[-1])
    assert seen == ["stale-0", "stale-1", "stale-2"]
    assert [each.idempotency_key for each in journal.unfinished(state="in_doubt")] == ["doubt"]
    with pytest.raises(ValidationError, match="state"):
        journal.unfinished(state="done")


@pytest.mark.parametrize("ending", ["succeeded", "rejected", "not_sent"])
def test_a_call_that_is_closed_has_no_body(journal: JournalDriver, database: Durable, ending: Ending) -> None:
    """And gets it again when it is made again."""
    journal.finish(journal.begin(entry()), ended(ending))
    assert database.rows("SELECT content FROM molam_calls") == [(None,)]
    with pytest.raises(IdempotencyError):
        journal.begin(entry(content=b"another"))
    journal.begin(entry())
    assert [each.content for _, each in journal.claim(10, lease=0.0)] == ([] if ending == "succeeded" else [CONTENT])


def test_a_call_in_doubt_keeps_its_body(journal: JournalDriver, database: Durable) -> None:
    journal.finish(journal.begin(entry()), ended("in_doubt"))
    ((kept,),) = database.rows("SELECT content FROM molam_calls")
    assert kept is not None


def test_a_stale_call_has_no_body_that_nobody_can_send(journal: JournalDriver, database: Durable) -> None:
    """And gets it again when it is made again, with the time of its first use."""
    first = entry(created_at=datetime.now(UTC) - timedelta(days=2))
    journal.finish(journal.begin(first), ended("stale"))
    assert database.rows("SELECT content FROM molam_calls") == [(None,)]
    with pytest.raises(IdempotencyError):
        journal.begin(entry(content=b"another"))
    assert journal.start(entry()).in_doubt
    ((_, claimed),) = journal.claim(10, lease=0.0)
    assert (claimed.content, claimed.created_at) == (CONTENT, first.created_at)
