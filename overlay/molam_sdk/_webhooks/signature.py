"""Decides whether a webhook signature is authentic; pure, and total over any header and body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hmac import compare_digest, digest
from inspect import iscoroutine
from sys import float_info

from .._shapes import is_list, is_mapping, is_number
from ..errors import ConfigurationError, SignatureError

RawBody = str | bytes | bytearray | memoryview
Header = str | bytes | None
Secret = str | Sequence[str] | Mapping[str, str] | Callable[[str], str | None]
Parsed = tuple[str, list[str], list[str | None]]
"""The digits of `t` as sent, the signatures, and for each the key id that follows it."""

MAX_HEADER = 4096
MAX_SIGNATURES = 8
MAX_BODY = 2**31 - 1024
"""Bytes of a body: OpenSSL takes less than 2 GiB for one HMAC."""
_NAME = "Molam-Signature"
_MILLISECONDS = 12

_SINGLE = re.compile(r"t=([0-9]{1,16}),v1=([0-9a-f]{64})(?:,kid=([A-Za-z0-9_-]{1,64}))?").fullmatch
_DIGITS = re.compile(r"[0-9]{1,16}").fullmatch
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch


def is_kid(value: object) -> bool:
    """Whether a value can be a key id: 1 to 64 letters, digits, `_` or `-`."""
    return isinstance(value, str) and _KID(value) is not None


def parse_header(header: Header) -> Parsed:
    """Read `t=<digits>,v1=<hex>[,kid=<id>]...`; SignatureError for every other text."""
    if isinstance(header, str):
        single = _SINGLE(header)
        if single:
            timestamp, signature, kid = single.groups()
            return timestamp, [signature], [kid]
    return _parse_items(header_text(header, _NAME).split(","))


def _parse_items(items: list[str]) -> Parsed:
    timestamp = ""
    signatures: list[str] = []
    kids: list[str | None] = []
    for item in items:
        name, equals, value = item.strip(" \t").partition("=")
        if name == "v1" and value:
            signatures.append(value)
            kids.append(None)
        elif name == "kid" and kids and kids[-1] is None and _KID(value):
            kids[-1] = value
        elif name == "t" and not timestamp and _DIGITS(value):
            timestamp = value
        elif not equals or name in ("t", "v1", "kid"):
            raise malformed(_NAME)
    if not timestamp or not signatures:
        raise malformed(_NAME)
    if len(signatures) > MAX_SIGNATURES:
        raise SignatureError(f"{_NAME} carries more than {MAX_SIGNATURES} signatures", reason="too_large")
    return timestamp, signatures, kids


def header_text(header: object, name: str) -> str:
    """Return an ASCII header of bounded length; SignatureError for any other, TypeError for no text."""
    if header is None:
        raise SignatureError(f"the {name} header is missing", reason="missing_header")
    if not isinstance(header, (str, bytes)):
        raise TypeError(f"the {name} header must be str or bytes, not {type(header).__name__}")
    if len(header) > MAX_HEADER:
        raise SignatureError(f"the {name} header is too long", reason="too_large")
    if not header.strip():
        raise SignatureError(f"the {name} header is empty", reason="missing_header")
    if not header.isascii():
        raise malformed(name)
    return header if isinstance(header, str) else header.decode("ascii")


def malformed(name: str) -> SignatureError:
    """Return the error for a header that is not what Molam sends."""
    return SignatureError(f"the {name} header is malformed", reason="malformed")


def seconds_of(digits: str) -> float:
    """Return a timestamp in seconds; 12 digits and more are milliseconds."""
    return int(digits) / 1000 if len(digits) >= _MILLISECONDS else int(digits)


def checked_tolerance(seconds: object) -> float:
    """Return by how much a timestamp may be off; ConfigurationError for what is no number, negative or without end."""
    if is_number(seconds) and 0 <= seconds <= float_info.max:
        return seconds
    raise ConfigurationError("tolerance must be a finite number of seconds, at least 0")


def check_time(timestamp: float, tolerance: float, now: float) -> None:
    """Raise SignatureError unless the timestamp is within the tolerance of now; TypeError for no number."""
    try:
        age = now - timestamp
        if -tolerance <= age <= tolerance:
            return
        early = age < 0
    except TypeError:
        raise TypeError("now must be a number of seconds") from None
    except ArithmeticError:
        early = is_number(now) and now < timestamp
    if early:
        raise SignatureError("the signature is from the future; check this machine's clock", reason="future")
    raise SignatureError("the signature has expired; wait for the next delivery of the event", reason="expired")


def body_bytes(raw_body: object) -> bytes:
    """Return the body's bytes; TypeError for parsed JSON and everything else that is no text."""
    if isinstance(raw_body, bytes):
        return raw_body
    if isinstance(raw_body, str):
        return raw_body.encode("utf-8", "surrogatepass")
    if isinstance(raw_body, bytearray):
        return bytes(raw_body)
    if isinstance(raw_body, memoryview):
        try:
            return raw_body.tobytes()
        except ValueError:
            raise TypeError("raw_body is a memoryview that was released") from None
    raise TypeError(f"raw_body must be the request's bytes as received, not {type(raw_body).__name__}")


def too_long() -> SignatureError:
    """Return the error for a body of which no HMAC can be made at once."""
    return SignatureError("the body is too long", reason="too_large")


def matches(header: Parsed, body: bytes, secret: Secret | None) -> bool:
    """Whether any signature is that of the body under its secret, compared in constant time.

    Raises:
        SignatureError: unknown_kid, where there is no usable secret for any of the signatures; too_large for a body.
    """
    timestamp, signatures, kids = header
    if len(body) > MAX_BODY:
        raise too_long()
    signed = timestamp.encode() + b"." + body
    if isinstance(secret, str) and (only := key_bytes(secret)):
        return _is_signed(signed, only, signatures)
    usable = found = False
    for key, candidates in _attempts(secret, signatures, kids):
        if key:
            usable = True
            found |= _is_signed(signed, key, candidates)
    if not usable:
        raise unusable_secret()
    return found


def _is_signed(signed: bytes, key: bytes, candidates: Sequence[str]) -> bool:
    found = False
    expected = digest(key, signed, "sha256").hex()
    for candidate in candidates:
        found |= compare_digest(expected, candidate)
    return found


def unusable_secret() -> SignatureError:
    """Return the error for a missing, blank or unknown secret."""
    return SignatureError("no signing secret: it is blank, or the webhook's key id is not known", reason="unknown_kid")


def key_bytes(secret: object) -> bytes:
    """Return the UTF-8 bytes of a secret, none for a blank one; TypeError for other types."""
    if isinstance(secret, str):
        return b"" if not secret or secret.isspace() else secret.encode("utf-8", "surrogatepass")
    if secret is None:
        return b""
    raise TypeError(f"a signing secret must be a str, not {type(secret).__name__}")


def _attempts(
    secret: Secret | None, signatures: list[str], kids: list[str | None]
) -> Iterable[tuple[bytes, Sequence[str]]]:
    """Return the keys to try, each with the signatures that may have been made under it."""
    if isinstance(secret, str):
        return ((key_bytes(secret), signatures),)
    if is_mapping(secret):
        return _by_kid(zip(kids, signatures, strict=True), secret.get, tuple(secret.values()))
    if is_list(secret):
        return ((key_bytes(item), signatures) for item in secret)
    if callable(secret):
        return _by_kid(zip(kids, signatures, strict=True), partial(_looked_up, secret), ())
    return ((key_bytes(secret), signatures),)


def _looked_up(secret_of: Callable[[str], object], kid: str) -> str | None:
    """What the user's function knows; ConfigurationError where it is no secret."""
    found = secret_of(kid)
    if found is None or isinstance(found, str):
        return found
    kind = type(found).__name__
    if iscoroutine(found):
        found.close()
    raise ConfigurationError(
        "the function that looks up signing secrets must return a str or None, and not be a coroutine function; "
        f"it returned {kind}"
    )


def _by_kid(
    pairs: Iterable[tuple[str | None, str]], secret_of: Callable[[str], str | None], every: tuple[str, ...]
) -> Iterator[tuple[bytes, Sequence[str]]]:
    """Look each key id up once and try each key once, however often a header repeats them."""
    named: dict[str | None, list[str]] = {}
    for kid, signature in pairs:
        named.setdefault(kid, []).append(signature)
    for kid, signatures in named.items():
        for secret in every if kid is None else (secret_of(kid),):
            yield key_bytes(secret), signatures
