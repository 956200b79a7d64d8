"""Genuine deliveries and what becomes of them on the way: seeded, so that each can be made again."""

import base64
import hmac
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

NOW = 1_763_697_600
SECRETS = {
    "1": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwLCQxMFZ0a3M=",
    "2": "whsec_c2Vjb25kIHNlY3JldCBmb3IgdGhlIHJvdGF0aW9uISE=",
    "k_3-x": "whsec_dGhpcmQgc2VjcmV0LCBrZXkgaWQgd2l0aCBzaWducw==",
}
BODIES: Sequence[bytes] = (
    b'{"id":"evt_1","type":"ping"}',
    json.dumps({"id": "evt_2", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}).encode(),
    json.dumps(
        {
            "id": "evt_3",
            "object": "event",
            "type": "payment_intent.teleported",
            "api_version": "2026-11-01",
            "livemode": False,
            "account": "acct_1",
            "sequence": 9,
            "created_at": "2026-11-21T04:00:01Z",
            "data": {"object": {"amount": 2500, "note": "Frühstück ☕"}, "previous_attributes": None},
            "request": None,
        },
        ensure_ascii=False,
    ).encode(),
    b"[1, 2, 3]",
    b"",
)


@dataclass(frozen=True)
class Delivery:
    """What a receiver hands to the verifier."""

    header: Any
    body: bytes
    secret: Any
    tolerance: float = 300.0
    now: float = NOW
    standard: Mapping[Any, Any] | None = None
    """The Standard Webhooks headers, where the delivery is checked by those."""
    touched: bool = False
    """Whether anything but the body before it was signed was changed."""


def delivery(seed: int) -> Delivery:
    """The delivery of a seed: a genuine one with none to four things done to it."""
    chance = random.Random(seed)
    made = _genuine(chance)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        made = chance.choice(_DEEDS)(chance, made)
    return made


def _genuine(chance: random.Random) -> Delivery:
    body = chance.choice(BODIES)
    for _ in range(chance.choice((0, 0, 1, 3))):
        body = _mutated(chance, body)
    moment = NOW + chance.randint(-299, 299)
    if chance.random() < 0.25:
        return _genuine_standard(chance, body, moment)
    digits = str(moment) if chance.random() < 0.8 else f"{moment}{chance.randint(0, 999):03}"
    kids = chance.sample(list(SECRETS), chance.choice((1, 1, 1, 2, 3)))
    named = chance.random() < 0.8
    items = [f"t={digits}"]
    for kid in kids:
        items.append(f"v1={_hex(SECRETS[kid], digits, body)}")
        if named:
            items.append(f"kid={kid}")
    known = SECRETS[chance.choice(kids)]
    secret = chance.choice((known, known, ["other", known], SECRETS, SECRETS.get if named else known))
    return Delivery(",".join(items), body, secret)


def _genuine_standard(chance: random.Random, body: bytes, moment: int) -> Delivery:
    kids = chance.sample(list(SECRETS), chance.choice((1, 2)))
    signed = b"evt_1.%d." % moment + body
    signatures: list[str] = []
    for kid in kids:
        key = base64.b64decode(SECRETS[kid].removeprefix("whsec_"))
        signatures.append("v1," + base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode())
    headers = {"webhook-id": "evt_1", "Webhook-Timestamp": str(moment), "WEBHOOK-SIGNATURE": " ".join(signatures)}
    known = SECRETS[chance.choice(kids)]
    return Delivery(None, body, chance.choice((known, ["", known])), standard=headers)


def _hex(secret: str, digits: str, body: bytes) -> str:
    return hmac.new(secret.encode(), digits.encode() + b"." + body, "sha256").hexdigest()


_MANY = 100
_NOTHING = "webhook-none"
_CURIOUS = (
    b"=", b",", b";", b" ", b"\t", b"\n", b"\r\n", b"\0", b"t=", b"v1=", b"v0=", b"kid=", b"1", b"9" * 17, b"-1", b"+",
    b"1e9", b"nan", b"0x1", b"_", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", "é".encode(), "\u0967".encode(),
    "²".encode(),
    "\u2028".encode(), b"{", b"}", b"[" * 50, b"]", b'"', b"\\", b"\\ud800", b"null", b"true", b"NaN", b"-Infinity",
    b"1e400", b"9007199254740993", b"9" * 5000, b'"id":', b'"id":1,', b'"type":', b"a" * 64, b"whsec_", b"%00", b"..",
)  # fmt: skip


def _mutated(chance: random.Random, content: bytes) -> bytes:
    """The bytes with one thing inserted, taken away, changed, repeated, moved or grown."""
    at = chance.randint(0, len(content))
    to = min(len(content), at + chance.choice((1, 1, 2, 8, 64)))
    before, part, after = content[:at], content[at:to], content[to:]
    match chance.randrange(8):
        case 0:
            return before + chance.choice(_CURIOUS) + part + after
        case 1:
            return before + after
        case 2:
            return before + bytes(byte ^ (1 << chance.randrange(8)) for byte in part) + after
        case 3:
            return before + part * chance.choice((2, 2, 9, 100)) + after
        case 4:
            return after + part + before
        case 5:
            return before + part.swapcase() + after
        case 6:
            return before + chance.choice(_CURIOUS) + after
        case _:
            return content[:at]


def _in_header(chance: random.Random, made: Delivery) -> Delivery:
    if made.standard is not None:
        name = chance.choice(list(made.standard) or [_NOTHING])
        return replace(made, standard={**made.standard, name: _in_text(chance, made.standard.get(name))}, touched=True)
    return replace(made, header=_in_text(chance, made.header), touched=True)


def _in_text(chance: random.Random, value: Any) -> Any:
    if not isinstance(value, (str, bytes)):
        return value
    content = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    changed = _mutated(chance, content)
    match chance.randrange(8):
        case 0:
            return changed
        case 1:
            return changed.decode("latin-1")
        case _:
            return changed.decode("utf-8", chance.choice(("surrogateescape", "replace")))


def _items(chance: random.Random, made: Delivery) -> Delivery:
    """The items of the header in another order, repeated, or with others between them."""
    if not isinstance(made.header, str):
        return _names(chance, made)
    items = made.header.split(",")
    match chance.randrange(4):
        case 0:
            chance.shuffle(items)
        case 1:
            items *= chance.choice((2, 5, 2000)) if len(items) < _MANY else 1
        case 2:
            items.insert(chance.randint(0, len(items)), chance.choice(("note=1", "v2=x", "", "t=1", "v1=0", "kid=2")))
        case _:
            items[-1] += chance.choice((" ", ",", "=", "\t"))
    return replace(made, header=chance.choice((",", ", ", ",\t")).join(items), touched=True)


def _names(chance: random.Random, made: Delivery) -> Delivery:
    """The Standard Webhooks headers in other spellings, in bytes, twice, without one, or among others."""
    if made.standard is None:
        return made
    headers: dict[Any, Any] = dict(made.standard)
    name: Any = chance.choice(list(headers) or [_NOTHING])
    match chance.randrange(5):
        case 0:
            headers.pop(name, None)
        case 1:
            headers[name.title() if isinstance(name, (str, bytes)) else "Webhook-Id"] = chance.choice(
                ("evt_9", headers.get(name))
            )
        case 2:
            headers = {
                key.encode("latin-1", "replace") if isinstance(key, str) else key: value
                for key, value in headers.items()
            }
        case 3:
            headers |= {f"x-{number}": "" for number in range(chance.choice((3, 997, 998)))}
        case _:
            headers[chance.choice((7, None, ("a",), "\ud800", "\u017f" * 20, b"\xff"))] = "x"
    return replace(made, standard=headers, touched=True)


def _kind(chance: random.Random, made: Delivery) -> Delivery:
    """The header as what it is not: bytes, nothing, a list, a number."""
    header = made.header
    if made.standard is not None:
        name = chance.choice(list(made.standard) or [_NOTHING])
        return replace(made, standard={**made.standard, name: chance.choice((None, 7, [], b"x"))}, touched=True)
    text = header if isinstance(header, str) else "t=1"
    others: tuple[Any, ...] = (text.encode("utf-8", "surrogatepass"), None, [text], {"t": 1}, 7, bytearray(b"t=1"))
    return replace(made, header=chance.choice(others), touched=True)


def _after_signing(chance: random.Random, made: Delivery) -> Delivery:
    return replace(made, body=_mutated(chance, made.body), touched=True)


def _clock(chance: random.Random, made: Delivery) -> Delivery:
    now = chance.choice((NOW + 601, NOW - 601, 0, -1, 10**400, -(10**400), float("nan"), float("inf"), float("-inf")))
    tolerance = chance.choice((300.0, 0, -1, float("nan"), 10**400, float("-inf")))
    return replace(made, now=now, tolerance=tolerance, touched=True)


def _other_secret(chance: random.Random, made: Delivery) -> Delivery:
    secrets: tuple[Any, ...] = (
        "",
        " ",
        None,
        "é",
        "\ud800",
        "whsec_",
        "x" * 5000,
        [],
        ["", " "],
        "whsec_ bad base64",
        "whsec_eA==",
    )
    return replace(made, secret=chance.choice(secrets), touched=True)


_DEEDS: Sequence[Callable[[random.Random, Delivery], Delivery]] = (
    _in_header,
    _in_header,
    _in_header,
    _items,
    _items,
    _names,
    _kind,
    _after_signing,
    _clock,
    _other_secret,
)
