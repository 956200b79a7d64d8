"""Each tenant's webhooks are checked with its own secrets, and kept apart from those of others."""

import asyncio
import warnings
from functools import partial, wraps
from typing import Any, cast

import pytest

from molam_sdk import errors
from molam_sdk.durable import AsyncInbox, Inbox, Processed
from tests.durable.databases import Durable
from tests.durable.inbox.driver import SECRET, done_by_handlers, inbox_on, signed, webhook

pytestmark = [
    pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
TENANTS: dict[str, Any] = {
    "shop-a": {"k1": "whsec_a1", "k2": "whsec_a2"},
    "shop-b": "whsec_b",
    "shop-c": ["whsec_c1", "whsec_c2"],
    "shop-d": {"k9": "whsec_d"}.get,
}


@pytest.mark.parametrize(
    ("tenant", "secret", "kid"),
    [
        ("shop-a", "whsec_a2", "k2"), ("shop-a", "whsec_a1", None), ("shop-b", "whsec_b", "any"),
        ("shop-c", "whsec_c2", "1"), ("shop-d", "whsec_d", "k9"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tenants", [TENANTS, TENANTS.get])
def test_each_form_of_secrets(
    database: Durable, half: str, tenants: Any, tenant: str, secret: str, kid: str | None
) -> None:
    inbox = inbox_on(database, half, None, tenants=tenants)
    assert not inbox.receive(signed(webhook(), secret, kid), webhook(), tenant=tenant).duplicate


@pytest.mark.parametrize(
    ("tenant", "secret", "kid", "reason"),
    [
        ("shop-a", "whsec_a2", "k1", "mismatch"), ("shop-a", "whsec_a1", "k3", "unknown_kid"),
        ("shop-a", "whsec_b", "k1", "mismatch"), ("shop-b", "whsec_a1", "k1", "mismatch"),
        ("shop-e", "whsec_b", "k1", "unknown_kid"), ("", "whsec_b", "k1", "unknown_kid"),
        ("shop\n", "whsec_b", "k1", "unknown_kid"), ("s" * 65, "whsec_b", "k1", "unknown_kid"),
    ],
)  # fmt: skip
def test_the_secrets_of_other_tenants_are_never_tried(
    database: Durable, half: str, tenant: str, secret: str, kid: str, reason: str
) -> None:
    inbox = inbox_on(database, half, None, tenants=TENANTS)
    with pytest.raises(errors.SignatureError) as refused:
        inbox.receive(signed(webhook(), secret, kid), webhook(), tenant=tenant)
    assert refused.value.reason == reason


def test_the_same_id_of_two_tenants_is_two_events(database: Durable, half: str) -> None:
    inbox = inbox_on(database, half, None, tenants=TENANTS)
    inbox.on("*")
    for tenant, secret in (("shop-a", "whsec_a1"), ("shop-b", "whsec_b"), ("shop-b", "whsec_b")):
        inbox.receive(signed(webhook(sequence=3), secret, "k1"), webhook(sequence=3), tenant=tenant)
    assert inbox.process() == Processed(done=2)
    assert len(done_by_handlers(database)) == 2
    late = webhook("evt_0", sequence=1, status="processing")
    inbox.receive(signed(late, "whsec_b"), late, tenant="shop-b")
    assert inbox.process() == Processed(superseded=1)


def test_a_tenant_is_named_exactly_where_there_are_tenants(database: Durable, half: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="tenant="):
        inbox_on(database, half, None, tenants=TENANTS).receive(signed(webhook()), webhook())
    with pytest.raises(errors.ConfigurationError, match="tenant="):
        inbox_on(database, half).receive(signed(webhook()), webhook(), tenant="shop-a")
    with pytest.raises(errors.ConfigurationError, match="not both"):
        inbox_on(database, half, SECRET, tenants=TENANTS)


def test_a_lookup_may_be_awaited_by_the_asynchronous_inbox_only(database: Durable) -> None:
    async def lookup(name: str) -> Any:
        await asyncio.sleep(0)
        return TENANTS.get(name)

    inbox = AsyncInbox(database.async_engine(), tenants=lookup)
    header = signed(webhook(), "whsec_b")
    assert asyncio.run(inbox.receive(header, webhook(), tenant="shop-b")).event_id == "evt_1"
    with pytest.raises(errors.SignatureError):
        asyncio.run(inbox.receive(header, webhook(), tenant="shop-x"))
    wrong: Any = lookup
    with pytest.raises(errors.ConfigurationError, match="AsyncInbox"):
        Inbox(database.engine(), tenants=wrong)
    with pytest.raises(errors.ConfigurationError, match="AsyncInbox"):
        Inbox(database.engine(), tenants=lambda name: wrong(name)).receive(header, webhook(), tenant="shop-b")


def test_a_lookup_that_waits_for_a_coroutine_itself_is_taken(database: Durable) -> None:
    async def lookup(name: str) -> Any:
        return TENANTS.get(name)

    @wraps(lookup)
    def waiting(name: str) -> Any:
        return asyncio.run(lookup(name))

    inbox = Inbox(database.engine(), tenants=waiting)
    assert not inbox.receive(signed(webhook(), "whsec_b"), webhook(), tenant="shop-b").duplicate


@pytest.mark.parametrize("found", [5, b"whsec_b", [b"whsec_b"], {1: "whsec_b"}, {"1": 5}])
def test_a_lookup_that_returns_no_secret_is_told_what_it_returned(database: Durable, half: str, found: Any) -> None:
    def lookup(_: str) -> Any:
        return found

    inbox = inbox_on(database, half, None, tenants=lookup)
    with pytest.raises(errors.ConfigurationError, match=r"what tenants returned must be .*, not (int|bytes)$"):
        inbox.receive(signed(webhook(), "whsec_b"), webhook(), tenant="shop-b")


def test_the_exceptions_of_a_lookup_pass_through(database: Durable, half: str) -> None:
    def lookup(name: str) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        inbox_on(database, half, None, tenants=lookup).receive(signed(webhook()), webhook(), tenant="a")


def test_options_that_cannot_work_are_refused(database: Durable, half: str) -> None:
    wrong: list[dict[str, Any]] = [{"attempts": 0}, {"backoff": 0.0}, {"backoff_cap": -1.0}, {"lease": 0.0}]
    for options in wrong:
        with pytest.raises(errors.ConfigurationError):
            inbox_on(database, half, **options)
    inbox = inbox_on(database, half)
    for types in ((), ("",), ("a*",), ("*.a",), ("payment intent",)):
        with pytest.raises(errors.ConfigurationError):
            inbox.on(*types)
    with pytest.raises(errors.ConfigurationError, match="order"):
        inbox.on("*", order="first")


def test_the_wrong_kind_of_function_is_refused(database: Durable) -> None:
    async def coroutine(event: Any, connection: Any) -> None: ...
    def function(event: Any, connection: Any) -> None: ...

    wrong: Any = function
    with pytest.raises(errors.ConfigurationError, match="async def"):
        AsyncInbox(database.async_engine(), SECRET).on("*")(wrong)
    with pytest.raises(errors.ConfigurationError, match="AsyncInbox"):
        Inbox(database.engine(), SECRET).on("*")(coroutine)


@pytest.mark.parametrize("kind", [Inbox, AsyncInbox])
def test_a_decorator_without_parentheses_is_refused(database: Durable, kind: Any) -> None:
    inbox = kind(database.engine() if kind is Inbox else database.async_engine(), SECRET)
    with pytest.raises(errors.ConfigurationError, match="in parentheses"):

        @inbox.on  # type: ignore[untyped-decorator]
        def paid(event: Any, connection: Any) -> None: ...


def test_a_function_that_does_not_take_an_event_and_a_connection_is_refused(database: Durable) -> None:
    async def coroutine(event: Any) -> None: ...
    def function(event: Any) -> None: ...
    def more(event: Any, connection: Any, *, needed: int) -> None: ...
    def anything(*both: Any) -> None: ...

    inbox: Any = Inbox(database.engine(), SECRET)
    for wrong in (function, more):
        with pytest.raises(errors.ConfigurationError, match="an event and a connection"):
            inbox.on("ping")(wrong)
    with pytest.raises(errors.ConfigurationError, match="an event and a connection"):
        AsyncInbox(database.async_engine(), SECRET).on("ping")(cast("Any", coroutine))
    inbox.on("ping")(partial(more, needed=1))
    inbox.on("ping")(anything)
    inbox.on("ping")(max)  # written in C: nobody knows


def test_a_type_that_is_not_known_is_warned_of_where_it_is_named(database: Durable) -> None:
    inbox = Inbox(database.engine(), SECRET)
    with pytest.warns(UserWarning, match=r"'payment_intent.suceeded'; did you mean 'payment_intent.succeeded'") as seen:
        inbox.on("payment_intent.suceeded")
    assert seen[0].filename == __file__
    with pytest.warns(UserWarning, match=r"knows no event of type 'mandate\.\*'$"):
        inbox.on("ping", "mandate.*")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inbox.on("*", "refund.*", "ping")


@pytest.mark.parametrize(
    "options",
    [
        {"secret": ""}, {"secret": " "}, {"secret": []}, {"secret": {}}, {"secret": ["whsec_a", ""]},
        {"secret": {"k1": None}}, {"tenants": {"a": "whsec_a", "b": ""}}, {"tenants": {"a": {"k1": " "}}},
    ],
)  # fmt: skip
def test_a_blank_secret_is_refused_at_once(database: Durable, half: str, options: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError, match="blank"):
        inbox_on(database, half, **({"secret": None} | options))


def test_an_inbox_without_a_secret_works_but_does_not_receive(
    database: Durable, half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOLAM_WEBHOOK_SECRET", raising=False)
    inbox = inbox_on(database, half, None)
    inbox.process()
    with pytest.raises(errors.ConfigurationError, match="MOLAM_WEBHOOK_SECRET"):
        inbox.receive(signed(webhook()), webhook())


def test_the_secret_may_be_in_the_environment(database: Durable, half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_WEBHOOK_SECRET", SECRET)
    assert not inbox_on(database, half, None).receive(signed(webhook()), webhook()).duplicate
    with pytest.raises(errors.SignatureError):  # never for tenants
        inbox_on(database, half, None, tenants={"b": "whsec_b"}).receive(signed(webhook()), webhook(), tenant="a")
