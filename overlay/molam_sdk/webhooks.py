"""Verifies that a webhook comes from Molam and reads its event.

A receiver needs one call, with the bytes of the request as they arrived:

    event = webhooks.construct_event(request.headers["Molam-Signature"], request.body, secret)
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ._front_door import front_door
from ._shapes import is_number
from ._webhooks.event import EventModelWarning, read_event
from ._webhooks.signature import (
    MAX_BODY,
    Header,
    RawBody,
    Secret,
    body_bytes,
    check_time,
    checked_tolerance,
    is_kid,
    key_bytes,
    matches,
    parse_header,
    seconds_of,
)
from .errors import ConfigurationError, SignatureError

if TYPE_CHECKING:
    from molam_api.models import Event

__all__ = [
    "EventModelWarning",
    "Signature",
    "SignatureHeader",
    "construct_event",
    "generate_signature",
    "parse_event",
    "parse_signature_header",
    "verify_signature",
    "verify_standard_signature",
]

TOLERANCE = 300.0


class Signature(NamedTuple):
    """One signature of a header: its hex digest, and the id of the key where one is named."""

    v1: str
    kid: str | None


class SignatureHeader(NamedTuple):
    """A parsed Molam-Signature header: when it was signed, in seconds, and the signatures."""

    timestamp: float
    signatures: tuple[Signature, ...]


@front_door
def verify_signature(
    signature_header: Header,
    raw_body: RawBody,
    secret: Secret | None,
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> None:
    """Return if the header proves that Molam sent these bytes lately, else raise.

    Args:
        signature_header: Value of the `Molam-Signature` header, one str or bytes; None where there is none.
        raw_body: The request's body as received, never parsed and serialised again.
        secret: The endpoint's signing secret. A string or a sequence of them is tried whatever the
            key id; a mapping from key id to secret, or a function, is asked for it, once for each
            key id. A function's own exceptions pass through.
        tolerance: Seconds by which the timestamp may differ from now, in both directions.
        now: Current Unix time in seconds; the system's clock without it.

    Raises:
        SignatureError: For everything that is not proven authentic; `reason` says why.
        ConfigurationError: For a tolerance that is no number of seconds from 0, and a function that returns no secret.
        TypeError: For arguments of other types, such as a body that was parsed or a list of headers.
    """
    body = body_bytes(raw_body)
    if tolerance is not TOLERANCE:
        tolerance = checked_tolerance(tolerance)
    header = parse_header(signature_header)
    check_time(seconds_of(header[0]), tolerance, time.time() if now is None else now)
    if not matches(header, body, secret):
        raise SignatureError(
            "the signature does not match; check the secret and pass the body's bytes as received",
            reason="mismatch",
        )


@front_door
def construct_event(
    signature_header: Header,
    raw_body: RawBody,
    secret: Secret | None,
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> Event:
    """Return the event in a webhook after `verify_signature` has accepted it.

    `event.data.object_` is the model that belongs to `event.type_`; for a type that this version
    does not know it is the plain dict, and with an EventModelWarning also for a known type whose
    object does not have the expected form.

    Raises:
        SignatureError: For everything that is not proven authentic; nothing was parsed.
        UnexpectedResponseError: For an authentic body that is not an event (`raw` has the bytes).
        ConfigurationError: For a tolerance that is no number of seconds from 0, and a function that returns no secret.
        TypeError: For arguments of other types, such as a body that was parsed or a list of headers.
    """
    body = body_bytes(raw_body)
    verify_signature(signature_header, body, secret, tolerance=tolerance, now=now)
    return read_event(body)


@front_door
def parse_event(raw_body: RawBody) -> Event:
    """Return the event in a body that was verified when it was received; proves nothing itself.

    For bodies that a receiver has kept. For those that have just arrived see `construct_event`, which reads them in
    the same way.

    Raises:
        UnexpectedResponseError: For a body that is not an event (`raw` has the bytes).
        TypeError: For a body that is not bytes or text.
    """
    return read_event(body_bytes(raw_body))


@front_door
def parse_signature_header(header: Header) -> SignatureHeader:
    """Return what a Molam-Signature header says, without proving anything.

    Raises:
        SignatureError: For a header that is missing, malformed or too large.
    """
    timestamp, signatures, kids = parse_header(header)
    pairs = zip(signatures, kids, strict=True)
    return SignatureHeader(seconds_of(timestamp), tuple(Signature(v1, kid) for v1, kid in pairs))


@front_door
def generate_signature(raw_body: RawBody, secret: str, *, timestamp: float | None = None, kid: str | None = "1") -> str:
    """Return the Molam-Signature header for a body, to test a receiver with.

    Args:
        raw_body: The exact bytes to sign.
        secret: The endpoint's signing secret.
        timestamp: Unix time in seconds, now without it; fractions are cut.
        kid: Id of the key; None leaves it out.

    Raises:
        ConfigurationError: For a blank secret, a negative timestamp, an unusable key id or a body of 2 GiB.
    """
    key = key_bytes(secret)
    moment: object = time.time() if timestamp is None else timestamp
    if not key:
        raise ConfigurationError("the signing secret is blank")
    if not is_number(moment) or not 0 <= moment < 10**16:
        raise ConfigurationError("timestamp must be a Unix time in seconds")
    seconds = int(moment)
    if kid is not None and not is_kid(kid):
        raise ConfigurationError("kid must be 1 to 64 letters, digits, '_' or '-'")
    body = body_bytes(raw_body)
    if len(body) > MAX_BODY:
        raise ConfigurationError("the body is too long to be signed")
    digest = hmac.digest(key, b"%d.%b" % (seconds, body), "sha256").hex()
    return f"t={seconds},v1={digest}" + ("" if kid is None else f",kid={kid}")


@front_door
def verify_standard_signature(
    headers: Mapping[str, str] | None,
    raw_body: RawBody,
    secret: str | Sequence[str] | None,
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> None:
    """Return if the Standard Webhooks headers prove that Molam sent these bytes lately, else raise.

    The headers are `webhook-id`, `webhook-timestamp` and `webhook-signature`; the key is the
    base64-decoded part of the secret after `whsec_` (https://www.standardwebhooks.com). Names of
    headers count in any case; two spellings of one with different values are refused.

    Raises:
        SignatureError: For everything that is not proven authentic; `reason` says why.
        ConfigurationError: For a tolerance that is no number of seconds from 0.
        TypeError: For arguments of other types, such as a body that was parsed or headers that are no mapping.
    """
    from ._webhooks.standard_webhooks import check_standard_signature

    check_standard_signature(
        headers,
        body_bytes(raw_body),
        secret,
        tolerance=tolerance,
        now=time.time() if now is None else now,
    )
