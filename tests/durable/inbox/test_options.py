"""An inbox is not made with what it could only fail with at the first webhook."""

from functools import partial
from math import inf, nan
from typing import Any

import pytest

from molam_sdk.durable import AsyncInbox, AsyncWebhookSubscriptions, Inbox
from molam_sdk.errors import ConfigurationError
from tests.durable.databases import Durable
from tests.durable.inbox.driver import SECRET, inbox_on

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def looked_up(kid: str) -> str:
    return SECRET


class LookedUp:
    async def __call__(self, kid: str) -> str:
        return SECRET


def of_nothing() -> None: ...
def of_an_id(event_id: str) -> None: ...
async def of_an_id_awaited(event_id: str) -> None: ...


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"secret": {1: SECRET}}, "key ids of the secret must be strings, not int"),
        ({"tenants": {"a": {1: SECRET}}}, "key ids of the secret must be strings, not int"),
        ({"secret": looked_up}, "secret must be `def`, not `async def`"),
        ({"secret": LookedUp()}, "secret must be `def`, not `async def`"),
        ({"secret": partial(looked_up)}, "secret must be `def`, not `async def`"),
        ({"tenants": {"a": looked_up}}, "secret must be `def`, not `async def`"),
        ({"tenants": {1: SECRET}}, "name of a tenant must be 1 to 64 visible ASCII characters, .*not int"),
        ({"tenants": {"a b": SECRET}}, "name of a tenant must be"),
        ({"tenants": dict[str, str]()}, "tenants is empty"),
        ({"on_error": of_nothing}, "on_error must take an event's id and an exception"),
        ({"on_error": of_an_id}, "on_error must take"),
    ],
)
def test_what_would_fail_at_the_first_webhook(
    database: Durable, half: str, options: dict[str, Any], message: str
) -> None:
    options = dict(options)
    with pytest.raises(ConfigurationError, match=message):
        inbox_on(database, half, options.pop("secret", None if "tenants" in options else SECRET), **options)


@pytest.mark.parametrize("tolerance", ["300", True, -1, nan, inf, 10**400, None])
def test_a_tolerance_that_is_none(database: Durable, half: str, tolerance: Any) -> None:
    with pytest.raises(ConfigurationError, match="tolerance must be a finite number of seconds"):
        inbox_on(database, half, tolerance=tolerance)


def test_a_coroutine_function_that_takes_too_little_is_refused_too(database: Durable) -> None:
    with pytest.raises(ConfigurationError, match="on_error must take"):
        inbox_on(database, "async", on_error=of_an_id_awaited)


def test_the_secrets_of_asynchronous_subscriptions_are_for_the_asynchronous_inbox(database: Durable) -> None:
    engine = database.async_engine()
    tenants: Any = AsyncWebhookSubscriptions(engine).secrets
    with pytest.raises(ConfigurationError, match="AsyncInbox"):
        Inbox(database.engine(), tenants=tenants)
    AsyncInbox(engine, tenants=tenants)
