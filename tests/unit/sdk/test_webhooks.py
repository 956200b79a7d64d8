"""A webhook is believed when it is proven, and for every other input there is one error."""

import base64
import gc
import hmac
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from molam_sdk import webhooks
from molam_sdk.errors import ConfigurationError, SignatureError

VECTORS = Path(__file__).parents[2] / "vectors"
SIGNATURES: list[dict[str, Any]] = json.loads((VECTORS / "signatures.json").read_text("utf-8"))
REFUSALS: dict[str, Any] = json.loads((VECTORS / "refusals.json").read_text("utf-8"))
BY_NAME = {vector["name"]: vector for vector in SIGNATURES}
SECRET: str = REFUSALS["secret"]
NOW: float = REFUSALS["now"]
BODY: bytes = REFUSALS["body"].encode()
HEADER: str = BY_NAME["json"]["header"]


def seconds(vector: dict[str, Any]) -> float:
    digits = vector["timestamp"]
    return int(digits) / 1000 if len(digits) >= 12 else int(digits)


def signature(name: str) -> str:
    header: str = BY_NAME[name]["header"]
    return header.split(",")[1].removeprefix("v1=")


def refusal(header: Any, body: Any = BODY, secret: Any = SECRET, **options: Any) -> str:
    with pytest.raises(SignatureError) as caught:
        webhooks.verify_signature(header, body, secret, **{"now": NOW, **options})
    assert SECRET not in f"{caught.value} {caught.value!r}"
    return caught.value.reason


@pytest.mark.parametrize("vector", SIGNATURES, ids=lambda vector: vector["name"])
def test_vectors_verify_and_are_generated_again(vector: dict[str, Any]) -> None:
    body = base64.b64decode(vector["body_base64"])
    webhooks.verify_signature(vector["header"], body, vector["secret"], now=seconds(vector))
    parsed = webhooks.parse_signature_header(vector["header"])
    assert parsed.timestamp == seconds(vector)
    kid = parsed.signatures[0].kid
    made = webhooks.generate_signature(body, vector["secret"], timestamp=int(vector["timestamp"]), kid=kid)
    assert made == vector["header"]


@pytest.mark.parametrize("case", REFUSALS["refused"], ids=lambda case: case["name"])
def test_refusals(case: dict[str, Any]) -> None:
    v1 = signature("json")
    header = case["header"]
    if header is not None:
        header = (
            header.replace("{v1}", v1)
            .replace("{v1_off_by_one}", v1[:-1] + ("0" if v1[-1] != "0" else "1"))
            .replace("{v1_truncated}", v1[:-1])
            .replace("{other}", signature("second_secret"))
        )
    body = case.get("body", REFUSALS["body"]).encode()
    options = {"now": case.get("now", NOW)}
    assert refusal(header, body, case.get("secret", SECRET), **options) == case["reason"]
    with pytest.raises(SignatureError):
        webhooks.construct_event(header, body, case.get("secret", SECRET), **options)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_vectors_are_what_openssl_writes() -> None:
    written = subprocess.run([str(VECTORS / "make_signatures.sh")], check=True, capture_output=True, timeout=60)
    assert written.stdout == (VECTORS / "signatures.json").read_bytes()


def test_there_are_refusals_for_every_reason() -> None:
    reasons = {case["reason"] for case in REFUSALS["refused"]}
    assert reasons == {"missing_header", "malformed", "expired", "future", "unknown_kid", "mismatch", "too_large"}
    assert len(REFUSALS["refused"]) >= 60


@pytest.mark.parametrize(("late", "reason"), [(300, None), (300.5, "expired"), (-300, None), (-300.5, "future")])
def test_the_tolerance_holds_in_both_directions(late: float, reason: str | None) -> None:
    if reason is None:
        webhooks.verify_signature(HEADER, BODY, SECRET, now=NOW + late)
    else:
        assert refusal(HEADER, now=NOW + late) == reason


def test_the_tolerance_can_be_chosen() -> None:
    webhooks.verify_signature(HEADER, BODY, SECRET, now=NOW + 10, tolerance=10)
    assert refusal(HEADER, now=NOW + 11, tolerance=10) == "expired"
    assert refusal(HEADER, now=NOW - 11, tolerance=10) == "future"
    assert refusal(HEADER, now=float("nan")) == "expired"


def test_now_is_the_systems_clock() -> None:
    webhooks.verify_signature(webhooks.generate_signature(BODY, SECRET), BODY, SECRET)
    late = webhooks.generate_signature(BODY, SECRET, timestamp=time.time() - 301)
    with pytest.raises(SignatureError, match="expired"):
        webhooks.verify_signature(late, BODY, SECRET)


def test_the_body_may_be_any_kind_of_bytes_or_text() -> None:
    for body in (BODY, bytearray(BODY), memoryview(BODY), BODY.decode(), memoryview(bytearray(BODY * 2))[: len(BODY)]):
        webhooks.verify_signature(HEADER, body, SECRET, now=NOW)
    assert refusal(HEADER, "\ud800") == "mismatch"


@pytest.mark.parametrize("body", [None, 7, {"id": "evt_1"}, ["x"], object()])
def test_a_parsed_body_is_a_mistake_at_the_call_site(body: Any) -> None:
    for call in (webhooks.verify_signature, webhooks.construct_event):
        with pytest.raises(TypeError, match="raw_body"):
            call(HEADER, body, SECRET, now=NOW)
    with pytest.raises(TypeError, match="raw_body"):
        webhooks.generate_signature(body, SECRET)


def test_the_header_may_be_bytes_and_nothing_else() -> None:
    webhooks.verify_signature(HEADER.encode(), BODY, SECRET, now=NOW)
    assert refusal(b"\xff") == "malformed"
    assert refusal(b" ") == "missing_header"
    for header in (7, ["t=1"], {"t": 1}, bytearray(b"t=1")):
        with pytest.raises(TypeError, match="header"):
            webhooks.verify_signature(header, BODY, SECRET, now=NOW)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def rotated(*pairs: str) -> str:
    return f"t={int(NOW)}," + ",".join(pairs)


def test_during_rotation_either_secret_verifies() -> None:
    old, new = signature("json"), signature("second_secret")
    header = rotated(f"v1={new},kid=2", f"v1={old},kid=1")
    second: str = BY_NAME["second_secret"]["secret"]
    accepted: list[Any] = [
        SECRET,
        second,
        ["other", SECRET],
        (second,),
        {"1": SECRET},
        {"2": second},
        {"1": SECRET, "2": second},
    ]
    for secret in accepted:
        webhooks.verify_signature(header, BODY, secret, now=NOW)
    for wrong in ({"2": SECRET}, {"1": second}, {"1": "x", "2": "y"}):
        assert refusal(header, secret=wrong) == "mismatch"
    assert refusal(header, secret={"3": SECRET}) == "unknown_kid"
    assert webhooks.parse_signature_header(header) == (NOW, ((new, "2"), (old, "1")))


def test_the_eighth_signature_still_counts() -> None:
    header = rotated(*[f"v1={'0' * 64}"] * 7, f"v1={signature('json')}")
    webhooks.verify_signature(header, BODY, SECRET, now=NOW)


def test_a_secret_is_looked_up_by_kid() -> None:
    asked: list[str] = []

    def secret_of(kid: str) -> str | None:
        asked.append(kid)
        return SECRET if kid == "1" else None

    webhooks.verify_signature(HEADER, BODY, secret_of, now=NOW)
    assert asked == ["1"]
    assert refusal(HEADER.replace("kid=1", "kid=9"), secret=secret_of) == "unknown_kid"


def test_without_kid_all_secrets_are_tried_but_nothing_is_looked_up() -> None:
    header = BY_NAME["without_kid"]["header"]
    accepted: list[Any] = [SECRET, ["other", SECRET], {"1": "other", "2": SECRET}]
    for secret in accepted:
        webhooks.verify_signature(header, BODY, secret, now=NOW)

    def never(kid: str) -> str:
        raise AssertionError(kid)

    assert refusal(header, secret=never) == "unknown_kid"


@pytest.mark.parametrize("error", [KeyError("1"), RuntimeError("vault"), OSError("gone"), ValueError("x")])
def test_errors_of_the_users_function_pass_through(error: Exception) -> None:
    def secret_of(kid: str) -> str:
        raise error

    with pytest.raises(type(error)) as caught:
        webhooks.verify_signature(HEADER, BODY, secret_of, now=NOW)
    assert caught.value is error


def test_blank_secrets_are_skipped_and_never_tried() -> None:
    webhooks.verify_signature(HEADER, BODY, ["", " ", SECRET], now=NOW)
    forged = hmac.digest(b" ", f"{int(NOW)}.".encode() + BODY, "sha256").hex()
    blank: list[Any] = [" ", [" "], {"1": " "}, {"1": " "}.get]
    for secret in blank:
        assert refusal(rotated(f"v1={forged},kid=1"), secret=secret) == "unknown_kid"


@pytest.mark.parametrize("secret", [7, b"whsec_x", [7], {"1": 7}, object()])
def test_a_secret_of_a_wrong_type_is_a_mistake_at_the_call_site(secret: Any) -> None:
    with pytest.raises(TypeError, match="signing secret"):
        webhooks.verify_signature(HEADER, BODY, secret, now=NOW)


@pytest.mark.parametrize("found", [7, b"whsec_x", ["whsec_x"], {"1": "whsec_x"}, True, 0, b""])
def test_a_function_that_returns_no_secret_is_told_what_it_returned(found: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"must return a str or None.* it returned {type(found).__name__}$"):
        webhooks.verify_signature(HEADER, BODY, lambda _: found, now=NOW)


@pytest.mark.filterwarnings("error")
def test_what_a_coroutine_function_returns_is_closed() -> None:
    """Nothing else is left of it than the error: no warning that it was never awaited."""

    async def from_the_vault(_: str) -> str:
        return SECRET

    def wrapped(kid: str) -> Any:
        return from_the_vault(kid)

    functions: list[Any] = [from_the_vault, wrapped]
    for function in functions:
        with pytest.raises(ConfigurationError, match=r"it returned coroutine$"):
            webhooks.verify_signature(HEADER, BODY, function, now=NOW)
    gc.collect()


def test_unknown_items_and_spaces_after_commas_are_allowed() -> None:
    v1 = signature("json")
    webhooks.verify_signature(f"t={int(NOW)}, v2=future, v1={v1},\tkid=1, note=", BODY, SECRET, now=NOW)


def test_a_header_of_a_megabyte_is_refused_at_once() -> None:
    million = 1_000_000
    headers: list[Any] = [
        "a" * million,
        "," * million,
        "t=1," * (million // 4),
        "t=" + "1" * million,
        "v1=" * (million // 3),
        f"t=1,v1={'a' * million}",
        f"t=1,v1={'a' * 64},kid={'k' * million}",
        " " * million,
        "é" * million,
        b"," * million,
        HEADER + "," * million,
    ]
    for header in headers:
        assert min(_seconds_to_refuse(header) for _ in range(5)) < 0.001
        assert refusal(header) == "too_large"


def _seconds_to_refuse(header: Any) -> float:
    start = time.perf_counter()
    refusal(header)
    return time.perf_counter() - start


TOKENS = [
    "t=",
    "v1=",
    "kid=",
    "v0=",
    ",",
    "=",
    " ",
    "1",
    "1763697600",
    "a" * 64,
    signature("json"),
    "é",
    "\x00",
    "\n",
    "\ud800",
]
PIECES = st.lists(st.sampled_from(TOKENS), max_size=20).map("".join)


@settings(max_examples=500)
@given(header=st.none() | st.text() | st.binary() | PIECES, body=st.binary() | st.text(), secret=st.text())
@example(header="t=1,v1=a,kid=", body=b"", secret="x")
def test_any_header_body_and_secret_end_in_a_signature_error(
    header: str | bytes | None, body: str | bytes, secret: str
) -> None:
    candidates: list[Any] = [secret, [secret], {"1": secret}, {"1": secret}.get]
    for candidate in candidates:
        with pytest.raises(SignatureError) as caught:
            webhooks.verify_signature(header, body, candidate, now=NOW)
        assert caught.value.outcome == "not_sent"


@settings(max_examples=300)
@given(header=PIECES | st.text(max_size=200))
def test_one_signature_is_read_alike_in_every_spelling(header: str) -> None:
    """The short way through the parser and the long one must agree."""
    spelled = header.replace(",", ", ") + ",future=1"
    try:
        plain: Any = webhooks.parse_signature_header(header)
    except SignatureError:
        if header.strip() and len(spelled) <= 4096:
            with pytest.raises(SignatureError):
                webhooks.parse_signature_header(spelled)
    else:
        assert webhooks.parse_signature_header(spelled) == plain


@given(
    body=st.binary(),
    secret=st.text(min_size=1).filter(str.strip),
    timestamp=st.integers(min_value=0, max_value=10**16 - 1),
    kid=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
)
def test_what_is_generated_verifies_and_any_other_body_does_not(
    body: bytes, secret: str, timestamp: int, kid: str | None
) -> None:
    header = webhooks.generate_signature(body, secret, timestamp=timestamp, kid=kid)
    now = webhooks.parse_signature_header(header).timestamp
    webhooks.verify_signature(header, body, secret, now=now)
    assert refusal(header, body + b"x", secret, now=now) == "mismatch"
    assert refusal(header, body, secret + "x", now=now) == "mismatch"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"secret": ""}, "secret"),
        ({"secret": " "}, "secret"),
        ({"timestamp": -1}, "timestamp"),
        ({"timestamp": 10**16}, "timestamp"),
        ({"timestamp": float("nan")}, "timestamp"),
        ({"timestamp": float("inf")}, "timestamp"),
        ({"timestamp": "x"}, "timestamp"),
        ({"timestamp": True}, "timestamp"),
        ({"kid": 5}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": "a,b"}, "kid"),
        ({"kid": "k" * 65}, "kid"),
    ],
)
def test_what_cannot_be_signed(options: dict[str, Any], message: str) -> None:
    sign: Callable[..., str] = webhooks.generate_signature
    with pytest.raises(ConfigurationError, match=message):
        sign(BODY, **{"secret": SECRET, **options})


def test_verifying_returns_nothing() -> None:
    verify: Callable[..., object] = webhooks.verify_signature
    assert verify(HEADER, BODY, SECRET, now=NOW) is None
