"""Finds the signing secrets of one tenant, and of nobody else."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import Any, TypeAlias, cast

from ...errors import ConfigurationError, SignatureError
from .._arguments import checked_text
from .._hidden import Hidden

Secret: TypeAlias = str | Sequence[str] | Mapping[str, str] | Callable[[str], str | None]
"""One secret, several of which each is tried, or secrets by key id; see `webhooks.verify_signature`."""

Tenants: TypeAlias = Mapping[str, Secret] | Callable[[str], Secret | None]
"""The secrets of each tenant, or a function that looks them up by the tenant's name."""

AsyncTenants: TypeAlias = Mapping[str, Secret] | Callable[[str], Secret | Awaitable[Secret | None] | None]
"""The same; the function may be a coroutine function."""

ONLY = ""
"""The tenant of an inbox that has no tenants."""

_NAME = re.compile(r"[!-~]{1,64}").fullmatch


class Directory:
    """The secrets of an inbox; `coroutines` says whether the function that looks up a tenant's may be one."""

    def __init__(self, secret: Secret | None, tenants: AsyncTenants | None, *, coroutines: bool) -> None:
        if secret is not None and tenants is not None:
            raise ConfigurationError("give the inbox a secret, or tenants with secrets of their own, not both")
        if secret is None and tenants is None:
            secret = os.environ.get("MOLAM_WEBHOOK_SECRET") or None
        for given in _given(secret, tenants):
            _check(given)
        if _is_async(tenants) and not coroutines:
            raise _not_awaited()
        self._secret = Hidden(secret)
        self._tenants = Hidden(tenants)

    def name(self, tenant: str | None) -> str:
        """The name under which the events of a tenant are kept.

        Raises:
            ConfigurationError: The inbox has tenants and none is named, or the other way round.
            ValidationError: The name is no string.
            SignatureError: unknown_kid, for a name that no tenant can have.
        """
        if tenant is not None:
            checked_text("tenant", tenant)
        if self._tenants.value is None:
            if tenant is None:
                return ONLY
            raise ConfigurationError("this inbox has one secret and no tenants: leave tenant= out, or give it tenants=")
        if tenant is None:
            raise ConfigurationError("this inbox has several tenants: say with tenant= whose webhook it is")
        if not _NAME(tenant):
            raise unknown_tenant()
        return tenant

    def secret(self, name: str) -> Secret:
        """The tenant's secrets; a function's own exceptions pass through.

        Raises:
            SignatureError: unknown_kid, where the tenant is not known.
            ConfigurationError: The function is a coroutine function or returns no secret, or the inbox has none.
        """
        found = self._found(name)
        if iscoroutine(found):
            found.close()
        if isinstance(found, Awaitable):
            raise _not_awaited()
        return self._known(found)

    async def secret_awaited(self, name: str) -> Secret:
        """The same, and awaited where the function is a coroutine function."""
        found: Any = self._found(name)
        return self._known(await found if isawaitable(found) else found)

    def _found(self, name: str) -> Secret | Awaitable[Secret | None] | None:
        if self._tenants.value is None:
            return self._secret.value
        return self._tenants.value(name) if callable(self._tenants.value) else self._tenants.value.get(name)

    def _known(self, found: Secret | None) -> Secret:
        if found is not None:
            if callable(self._tenants.value):
                _check_form(found, "what tenants returned")
            return found
        if self._tenants.value is None:
            raise ConfigurationError(
                "this inbox has no secret to receive with: pass secret= or tenants=, or set MOLAM_WEBHOOK_SECRET"
            )
        raise unknown_tenant()


def _given(secret: object, tenants: object) -> Iterable[object]:
    """The secrets that are there to be checked.

    Raises:
        ConfigurationError: `tenants` is neither a mapping nor a function, or a name in it is that of no tenant.
    """
    if tenants is None or callable(tenants):
        return [secret]
    if isinstance(tenants, Mapping):
        named = cast("Mapping[object, object]", tenants)
        if not named:
            raise ConfigurationError("tenants is empty: no webhook could be received")
        for name in named:
            if not isinstance(name, str) or not _NAME(name):
                kind = "" if isinstance(name, str) else f", as a string, not {type(name).__name__}"
                raise ConfigurationError(f"the name of a tenant must be 1 to 64 visible ASCII characters{kind}")
        return named.values()
    raise ConfigurationError(f"tenants must map names to secrets, or be a function, not {type(tenants).__name__}")


def _check(secret: object) -> None:
    """Refuse a secret that no webhook can be signed with.

    Raises:
        ConfigurationError: It is of no form that is known, or blank, or there is none in it.
    """
    if secret is None:
        return
    given = _check_form(secret, "the secret")
    if not callable(secret) and not (given and all(each and str(each).strip() for each in given)):
        raise ConfigurationError("the secret is blank; pass the signing secret or set MOLAM_WEBHOOK_SECRET")


def _check_form(secret: object, what: str) -> Iterable[object]:
    """The strings in a secret, some of which may be missing; none in a function.

    Raises:
        ConfigurationError: It is of no form that is known.
    """
    if _is_async(secret):
        raise ConfigurationError(f"{what} must be `def`, not `async def`: verifying a webhook awaits nothing")
    if callable(secret):
        return ()
    given: Iterable[object] = [secret]
    if isinstance(secret, Mapping):
        by_kid = cast("Mapping[object, object]", secret)
        for kid in by_kid:
            if not isinstance(kid, str):
                raise ConfigurationError(f"the key ids of {what} must be strings, not {type(kid).__name__}")
        given = by_kid.values()
    elif isinstance(secret, Sequence) and not isinstance(secret, (str, bytes, bytearray, memoryview)):
        given = cast("Sequence[object]", secret)
    for each in given:
        if each is not None and not isinstance(each, str):
            forms = "a string, a sequence of strings, or strings by key id"
            raise ConfigurationError(f"{what} must be {forms}, not {type(each).__name__}")
    return given


def _is_async(function: object) -> bool:
    """Whether a function is a coroutine function itself; one that wraps such a function may well wait for it."""
    return iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 - which kind


def _not_awaited() -> ConfigurationError:
    return ConfigurationError("tenants is a coroutine function: use AsyncInbox")


def unknown_tenant() -> SignatureError:
    """The error for a webhook of a tenant that has no secret: it can come from anybody."""
    return SignatureError("no signing secret is known for this tenant", reason="unknown_kid")
