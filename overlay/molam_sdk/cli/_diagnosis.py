"""Says why a webhook's signature fails: its header, the clock, the secret or the body; pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import attrs

from ..errors import SignatureError
from ..webhooks import parse_signature_header, verify_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..webhooks import SignatureHeader

_HEX = re.compile(r"[0-9a-f]{64}")
_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class Finding:
    """One thing that is wrong, or worth knowing: a word for programs, a sentence for people."""

    code: str
    message: str


@attrs.frozen
class Diagnosis:
    """What is known of a webhook.

    Attributes:
        authentic: Whether `verify_signature` accepts it.
        reason: Why it does not, in the SDK's word.
        signed_at: When it was signed, by its own account.
        age: Seconds since then.
        kids: The key ids in the header.
        matched_secret: Which of the secrets it was signed with, from 1; also where only its age is wrong.
        findings: The causes.
    """

    authentic: bool
    reason: str | None
    signed_at: datetime | None = None
    age: float | None = None
    kids: tuple[str, ...] = ()
    matched_secret: int | None = None
    findings: tuple[Finding, ...] = ()


def diagnose(header: str, body: bytes, secrets: Sequence[str], *, tolerance: float, now: float) -> Diagnosis:
    """Verify, and if that fails find out what would have to be different."""
    try:
        parsed = parse_signature_header(header)
    except SignatureError as error:
        return Diagnosis(False, error.reason, findings=tuple(_of_header(header)))
    reason: str | None = None
    try:
        verify_signature(header, body, secrets, tolerance=tolerance, now=now)
    except SignatureError as error:
        reason = error.reason
    matched = _matching(header, body, secrets, parsed)
    age = now - parsed.timestamp
    findings: list[Finding] = []
    if reason in ("expired", "future"):
        findings.append(_of_clock(age, tolerance, matched))
    if matched is None:
        findings += _of_secrets_and_body(header, body, secrets, parsed)
    kids = tuple(dict.fromkeys(each.kid for each in parsed.signatures if each.kid is not None))
    return Diagnosis(reason is None, reason, _moment(parsed.timestamp), age, kids, matched, tuple(findings))


def _matching(header: str, body: bytes, secrets: Sequence[str], parsed: SignatureHeader) -> int | None:
    """Which secret, from 1, the body was signed with, whenever that was."""
    for number, secret in enumerate(secrets, 1):
        if _fits(header, body, secret, parsed):
            return number
    return None


def _fits(header: str, body: bytes, secret: str, parsed: SignatureHeader) -> bool:
    try:
        verify_signature(header, body, secret, tolerance=0, now=parsed.timestamp)
    except SignatureError:
        return False
    return True


def _of_header(header: str) -> Iterator[Finding]:
    """What is not as Molam writes it: `t=<unix seconds>,v1=<64 hex digits>[,kid=<id>]`."""
    text = header.strip()
    if not text:
        yield Finding(
            "header_missing", "There is no Molam-Signature header: a proxy drops it, or it is not from Molam."
        )
        return
    if text.lower().startswith("molam-signature"):
        yield Finding("header_with_name", "The header's name stands in its value: pass what follows the colon.")
    if text[0] in "'\"" or text[-1] in "'\"":
        yield Finding("header_quoted", "The header is in quotes that do not belong to it.")
    if not text.isascii():
        yield Finding("header_not_ascii", "The header holds characters that are not ASCII.")
    if text.startswith("v1,"):
        yield Finding("header_of_standard_webhooks", "That is the header webhook-signature, not Molam-Signature.")
    parts = [part.strip() for part in text.split(",")]
    names = [part.partition("=")[0] for part in parts]
    if names.count("t") != 1:
        yield Finding("header_time", f"The header has {names.count('t')} timestamps (t=) and needs one.")
    if "v1" not in names:
        yield Finding("header_no_signature", "The header has no signature (v1=): was it cut off?")
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            yield Finding("header_part", f"{part[:40]!r} is not NAME=VALUE.")
        elif name == "t" and not re.fullmatch(r"[0-9]{1,16}", value):
            yield Finding("header_time", f"The timestamp {value[:40]!r} is no number of seconds.")
        elif name == "v1" and not _HEX.fullmatch(value):
            yield Finding("header_signature", f"A signature has {len(value)} characters and needs 64 digits 0-9, a-f.")
    if names.count("v1") > 8 or len(header) > 4096:
        yield Finding("header_too_large", "The header is too long, or has more than 8 signatures.")


def _of_clock(age: float, tolerance: float, matched: int | None) -> Finding:
    side = "ago" if age >= 0 else "in the future"
    told = f"It was signed {_duration(abs(age))} {side}, and {tolerance:g} s are tolerated."
    if matched is None:
        return Finding("clock", told)
    if age < 0:
        return Finding("clock", f"{told} The signature is right: this machine's clock is behind; see molam doctor.")
    return Finding(
        "clock",
        f"{told} The signature is right: if it arrived just now, this machine's clock is ahead (see molam doctor); "
        "if it was kept, read it with webhooks.parse_event; if it was replayed, somebody else sent it.",
    )


def _of_secrets_and_body(
    header: str, body: bytes, secrets: Sequence[str], parsed: SignatureHeader
) -> Iterator[Finding]:
    if not any(secret.strip() for secret in secrets):
        yield Finding("no_secret", "There is no secret to check with.")
        return
    for signature in parsed.signatures:
        if not _HEX.fullmatch(signature.v1):
            yield Finding(
                "header_signature",
                f"A signature has {len(signature.v1)} characters and needs 64 digits 0-9, a-f: it was cut or changed.",
            )
    for number, secret in enumerate(secrets, 1):
        for why, variant in _spellings(secret):
            if _fits(header, body, variant, parsed):
                yield Finding("secret_spelling", f"Secret {number} fits {why}.")
                return
        for why, change in _CHANGES:
            changed = change(body)
            if changed is not None and changed != body and _fits(header, changed, secret, parsed):
                told = f"The body was altered: {why}; secret {number} fits it without that."
                yield Finding("body_altered", f"{told} Verify the bytes as they arrive.")
                return
    kids = ", ".join(sorted({each.kid for each in parsed.signatures if each.kid})) or "none"
    tried = "the secret" if len(secrets) == 1 else f"any of the {len(secrets)} secrets"
    yield Finding(
        "secret_or_body",
        f"No signature (key ids: {kids}) is that of this body under {tried}: it is of another endpoint or mode, was "
        "rotated more than a day ago, or the body was altered. --compare asks the API for the event to tell which.",
    )


def _spellings(secret: str) -> Iterator[tuple[str, str]]:
    yield "without the white space around it", secret.strip()
    yield "without the quotes around it", secret.strip().strip("'\"")
    yield "with whsec_ before it", f"whsec_{secret.strip()}"
    yield "without what stands before whsec_", secret[secret.find("whsec_") :] if "whsec_" in secret else ""
    yield "with a line break after it", f"{secret}\n"


def _again(**options: object) -> Callable[[bytes], bytes | None]:
    def change(body: bytes) -> bytes | None:
        try:
            return json.dumps(json.loads(body), **options).encode()  # type: ignore[arg-type]  # options of dumps
        except (ValueError, RecursionError):
            return None

    return change


_COMPACT = (",", ":")
_CHANGES: tuple[tuple[str, Callable[[bytes], bytes | None]], ...] = (
    ("a line break was added at its end", lambda body: body.rstrip(b"\r\n")),
    ("the line break at its end was taken away", lambda body: body + b"\n"),
    ("white space was added around it", lambda body: body.strip()),
    ("LF became CR LF", lambda body: body.replace(b"\r\n", b"\n")),
    ("CR LF became LF", lambda body: body.replace(b"\n", b"\r\n")),
    ("a byte order mark was put before it", lambda body: body.removeprefix(_BOM)),
    ("it was parsed and written again", _again(ensure_ascii=False, separators=_COMPACT)),
    ("it was parsed and written again", _again(separators=_COMPACT)),
    ("it was parsed and written again", _again(ensure_ascii=False)),
    ("it was parsed and written again", _again()),
)


def differences(body: Any, known: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ, as paths with what they are."""
    if isinstance(body, dict) and isinstance(known, dict):
        ours, theirs = cast("dict[str, Any]", body), cast("dict[str, Any]", known)
        for name in sorted({*ours, *theirs}):
            inner = f"{path}.{name}" if path else name
            if name not in ours:
                yield f"{inner} is missing"
            elif name not in theirs:
                yield f"{inner} was added"
            else:
                yield from differences(ours[name], theirs[name], inner)
        return
    if body != known:
        yield f"{path or 'the whole'} is {_brief(cast('object', body))}, the API says {_brief(known)}"


def _brief(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _moment(timestamp: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
