"""Mints and checks what makes a call safe to repeat: idempotency keys and the ids in a path."""

from __future__ import annotations

import os
import re
import time

from .errors import ValidationError

_KEY = re.compile(r"[\x21-\x7e]{1,255}").fullmatch
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}").fullmatch
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8
"""The base32 character that each byte stands for, each for eight bytes: `translate` is faster than encoding."""


def mint_key() -> str:
    """Return a new idempotency key: `molam-<unix ms>-<26 random base32 characters>`.

    The 130 random bits come from the operating system at each call, so that a forked process never
    repeats its parent's keys.
    """
    random = os.urandom(26).translate(_BASE32).decode("ascii")
    return f"molam-{time.time_ns() // 1_000_000}-{random}"


def check_key(key: object) -> str:
    """Return `key` if it is 1 to 255 visible ASCII characters, else raise ValidationError."""
    if isinstance(key, str) and _KEY(key):
        return key
    message = "idempotency_key must be a string of 1 to 255 visible ASCII characters"
    raise ValidationError(
        f"{message}; pass one of your own or none, then the SDK makes one",
        code="idempotency_key_invalid",
        param="idempotency_key",
    )


def usable_key(key: object) -> str | None:
    """Return `key` if `check_key` would accept it, else None."""
    return key if isinstance(key, str) and _KEY(key) else None


def usable_id(value: object) -> str | None:
    """Return `value` if it can be an id or a code, else None."""
    return value if isinstance(value, str) and _ID(value) else None


def check_id(name: str, value: object) -> str:
    """Return `value` if it can be an id in a path, else raise ValidationError naming `name`.

    Everything but letters, digits, `_` and `-` is refused rather than encoded: proxies and servers
    decode `%2e%2e` and walk up the path.
    """
    if isinstance(value, str) and _ID(value):
        return value
    raise ValidationError(
        f"{name} must be an id as the API returned it: 1 to 255 letters, digits, '_' or '-'",
        code="parameter_invalid",
        param=name,
    )
