"""What `manage.py check` says about a project that cannot take payments as it is set up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from ...config import Config
from ...errors import ConfigurationError
from ._inboxes import inbox
from ._settings import MolamSettings, did_you_mean, read_settings, unknown_settings

Found = list[checks.CheckMessage]


def register() -> None:
    """Register the checks with Django; those of the tables run with `check --database` and before `migrate`."""
    checks.register(check_settings, "molam")
    checks.register(check_keys, "molam", checks.Tags.security)
    checks.register(check_urls, "molam", checks.Tags.urls)
    checks.register(check_database, "molam")
    checks.register(check_tables, "molam", checks.Tags.database)


def check_settings(app_configs: object, **_: object) -> Found:
    """E001: settings that cannot work; W001: names that are none."""
    found: Found = []
    read, problem = _read()
    if read is None:
        found.append(checks.Error(problem, id="molam.E001"))
    elif not _has_secret(read):
        found.append(
            checks.Warning(
                "Molam has no webhook secret, so that no webhook is taken.",
                hint="Set MOLAM['WEBHOOK_SECRET'] or the environment variable MOLAM_WEBHOOK_SECRET.",
                id="molam.W002",
            )
        )
    found += [
        checks.Warning(f"The setting {name} does nothing{did_you_mean(name.removeprefix('MOLAM_'))}.", id="molam.W001")
        for name in unknown_settings()
    ]
    return found


def check_keys(app_configs: object, **_: object) -> Found:
    """W003: no key; E002, I001: a key of the wrong mode; W004: a proxy's password that Django would show."""
    read, _problem = _read()
    if read is None:
        return []
    found: Found = []
    config = Config(**read.options)
    if config.api_key is None:
        hint = "Set MOLAM['API_KEY'] or the environment variable MOLAM_API_KEY."
        found.append(checks.Warning("Molam has no API key, so that no call can be made.", hint=hint, id="molam.W003"))
    elif config.livemode and settings.DEBUG:
        hint = "Use a sandbox key (sk_test_...) where DEBUG is on: its pages show more than customers may see."
        found.append(checks.Error("A live API key of Molam is used with DEBUG.", hint=hint, id="molam.E002"))
    elif config.livemode is False and not settings.DEBUG:
        found.append(checks.Info("A sandbox key of Molam is used without DEBUG: no money moves.", id="molam.I001"))
    proxy: object = read.options.get("proxy")
    if isinstance(proxy, str) and "@" in proxy:
        hint = "Leave it out, and let TRUST_ENV read HTTPS_PROXY."
        message = "MOLAM['PROXY'] has a password, which Django's debug page does not hide."
        found.append(checks.Warning(message, hint=hint, id="molam.W004"))
    return found


def check_urls(app_configs: object, **_: object) -> Found:
    """W005: the view that receives webhooks has no URL."""
    read, _problem = _read()
    if read is None or not _has_secret(read) or not getattr(settings, "ROOT_URLCONF", None):
        return []
    from . import views

    if any(each in (views.webhook, views.webhook_async) for each in _views(get_resolver().url_patterns)):
        return []
    hint = 'Add path("molam/", include("molam_sdk.contrib.django.urls")) to the URLs.'
    return [checks.Warning("No URL leads to the view that receives Molam's webhooks.", hint=hint, id="molam.W005")]


def check_database(app_configs: object, **_: object) -> Found:
    """E003: a database that cannot be used; W006, W007: requests that are transactions."""
    read, _problem = _read()
    if read is None:
        return []
    wrapper: Any = connections[read.database]
    found: Found = []
    if wrapper.vendor not in ("sqlite", "postgresql", "mysql"):
        message = f"Molam's tables cannot be kept in {wrapper.vendor}."
        hint = "Name an alias of SQLite, PostgreSQL, MySQL or MariaDB in MOLAM['DATABASE']."
        found.append(checks.Error(message, hint=hint, id="molam.E003"))
    if not wrapper.settings_dict["AUTOCOMMIT"]:
        message = f"The database {read.database!r} has AUTOCOMMIT off, so that nothing of Molam's is ever committed."
        found.append(checks.Error(message, hint="Leave AUTOCOMMIT on; use atomic().", id="molam.E004"))
    if wrapper.settings_dict["ATOMIC_REQUESTS"] and read.journal:
        found.append(_atomic_requests(read.database, one_writer=wrapper.vendor == "sqlite"))
    return found


def check_tables(app_configs: object, databases: Iterable[str] | None = None, **_: object) -> Found:
    """W008: the tables are not there."""
    read, _problem = _read()
    if read is None or read.database not in (databases or ()):
        return []
    if {"received_webhooks", "molam_calls"} <= set(connections[read.database].introspection.table_names()):
        return []
    message = f"The tables of Molam are not in the database {read.database!r}."
    return [checks.Warning(message, hint="Run manage.py migrate.", id="molam.W008")]


def _atomic_requests(alias: str, *, one_writer: bool) -> checks.CheckMessage:
    message = f"The database {alias!r} has ATOMIC_REQUESTS: "
    if one_writer:
        return checks.Warning(
            message + "a payment in a view that has written something fails, since SQLite has one writer.",
            hint="Decorate views that pay with transaction.non_atomic_requests, or set MOLAM['JOURNAL'] to False.",
            id="molam.W006",
        )
    return checks.Info(
        message + "a payment stays although the transaction of its view is rolled back.",
        hint="Take its idempotency key from a row that is committed before, or decorate views that pay with"
        " transaction.non_atomic_requests.",
        id="molam.I002",
    )


def _read() -> tuple[MolamSettings | None, str]:
    try:
        read = read_settings()
        inbox()
    except ConfigurationError as error:
        return None, error.message
    return read, ""


def _has_secret(read: MolamSettings) -> bool:
    return read.tenants is not None or Config(**read.options).webhook_secret is not None


def _views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[object]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.callback
