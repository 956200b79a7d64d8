"""Whatever arrives, the verifier ends as promised, and refuses at once what is too large to look at."""

import base64
import hmac
import json
import time
import tracemalloc
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from molam_sdk import MolamClient, webhooks
from molam_sdk.errors import ConfigurationError, SignatureError, UnexpectedResponseError
from tests.webhooks.deliveries import NOW, SECRETS

SECRET = SECRETS["1"]
BODY = b'{"id":"evt_1","type":"ping"}'
HEADER = webhooks.generate_signature(BODY, SECRET, timestamp=NOW)
STANDARD = {
    "webhook-id": "evt_1",
    "webhook-timestamp": str(NOW),
    "webhook-signature": "v1,"
    + base64.b64encode(
        hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), b"evt_1.%d." % NOW + BODY, "sha256").digest()
    ).decode(),
}
MILLION = 1_000_000
TOLERANCES_THAT_ARE_NONE: list[Any] = [float("nan"), -1, -0.5, True, float("inf"), 10**400, -(10**400), "300", None, []]
LARGE: Mapping[str, Any] = {
    "signatures": "t=1763697600" + f",v1={'0' * 64}" * MILLION,
    "short signatures": "t=1763697600" + ",v1=0" * MILLION,
    "kids": "t=1,v1=0" + ",kid=1" * (MILLION // 6),
    "spaces": " " * MILLION,
    "commas": "," * MILLION,
    "equals": "=" * MILLION,
    "digits": "1" * MILLION,
    "timestamp": "t=" + "1" * MILLION,
    "zeros": "t=" + "0" * MILLION + "1,v1=0",
    "NULs": "\0" * MILLION,
    "lone surrogates": "\ud800" * MILLION,
    "Arabic digits": "t=" + "\u0661" * MILLION,
    "combining": "e\u0301" * (MILLION // 2),
    "after the signature": HEADER + " " * MILLION,
    "bytes": b"\xff" * MILLION,
    "commas in bytes": b"," * MILLION,
}


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(SignatureError) as caught:
        call()
    return caught.value.reason


def standard(**changed: Any) -> dict[Any, Any]:
    return {**STANDARD, **{f"webhook-{name}": value for name, value in changed.items()}}


def verify_standard(headers: Any, secret: Any = SECRET, **options: Any) -> None:
    webhooks.verify_standard_signature(headers, BODY, secret, **{"now": NOW, **options})


def signed(body: bytes, secret: str = SECRET) -> Any:
    header = webhooks.generate_signature(body, secret, timestamp=NOW)
    return webhooks.construct_event(header, body, secret, now=NOW)


class Unread(str):
    """A text that may be measured, and nothing else done with."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


@pytest.mark.parametrize("name", LARGE)
def test_a_large_header_is_refused_in_less_than_a_millisecond(name: str) -> None:
    for call in (
        lambda: webhooks.construct_event(LARGE[name], BODY, SECRET, now=NOW),
        lambda: webhooks.parse_signature_header(LARGE[name]),
        lambda: verify_standard(standard(id=LARGE[name])),
        lambda: verify_standard(standard(timestamp=LARGE[name])),
        lambda: verify_standard(standard(signature=LARGE[name])),
        lambda: verify_standard(STANDARD | {LARGE[name]: "x"} | {"webhook-id": LARGE[name]}),
    ):
        assert refusal(call) == "too_large"
        assert min(_seconds(call) for _ in range(7)) < 0.001


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    refusal(call)
    return time.perf_counter() - start


def test_a_large_header_is_measured_and_not_looked_at() -> None:
    large = Unread("," * 5000)
    assert refusal(lambda: webhooks.parse_signature_header(large)) == "too_large"
    for name in ("id", "timestamp", "signature"):
        assert refusal(partial(verify_standard, standard(**{name: large}))) == "too_large"
    verify_standard(STANDARD | {large: large})


def test_a_refusal_keeps_nothing_of_a_large_header() -> None:
    header = "t=1" + ",v1=0" * MILLION
    tracemalloc.start()
    try:
        refusal(lambda: webhooks.parse_signature_header(header))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


def test_too_many_headers_are_not_looked_through() -> None:
    many = {f"x-{number}": "" for number in range(MILLION)}
    assert refusal(lambda: verify_standard(many | STANDARD)) == "too_large"
    verify_standard({f"x-{number}": "" for number in range(900)} | STANDARD)


def test_two_spellings_of_a_header_with_two_values_are_refused() -> None:
    """Else somebody who repeats a delivery could lay an id of his own beside the one that is signed."""
    verify_standard(STANDARD | {"Webhook-Id": "evt_1"})
    for twice in (
        STANDARD | {"Webhook-Id": "evt_2"},
        {"WEBHOOK-ID": "evt_2", **STANDARD},
        STANDARD | {b"webhook-id": "x"},
    ):
        assert refusal(partial(verify_standard, twice)) == "malformed"


def test_headers_may_be_bytes() -> None:
    verify_standard({name.title().encode(): value.encode() for name, value in STANDARD.items()})


@pytest.mark.parametrize("headers", [[("webhook-id", "evt_1")], "webhook-id: x", b"x", 7, {7: "x"}, {None: "x"}])
def test_headers_that_are_no_mapping_of_names_are_a_mistake_at_the_call_site(headers: Any) -> None:
    with pytest.raises(TypeError, match="header"):
        verify_standard(headers)


@pytest.mark.parametrize("value", [7, ["evt_1"], {"a": 1}, bytearray(b"x"), 1.5])
def test_a_header_of_another_type_is_a_mistake_at_the_call_site(value: Any) -> None:
    for name in ("id", "timestamp", "signature"):
        with pytest.raises(TypeError, match="header must be str or bytes"):
            verify_standard(standard(**{name: value}))


@pytest.mark.parametrize("secret", [7, b"whsec_eA==", [7], [b"x"], {"1": SECRET}, SECRETS.get, {SECRET}])
def test_a_secret_of_another_type_is_a_mistake_at_the_call_site(secret: Any) -> None:
    with pytest.raises(TypeError, match="signing secret"):
        verify_standard(STANDARD, secret)


@pytest.mark.parametrize(
    ("now", "tolerance", "reason"),
    [
        (float("nan"), 300.0, "expired"),
        (float("inf"), 300.0, "expired"),
        (float("-inf"), 300.0, "future"),
        (10**400, 300.0, "expired"),
        (-(10**400), 300.0, "future"),
        (10**400, 1.7e308, "expired"),
        (NOW + 1e9, 1.7e308, None),
        (NOW, 0, None),
    ],
)
def test_odd_times_are_decided(now: float, tolerance: float, reason: str | None) -> None:
    seconds, milliseconds = (webhooks.generate_signature(BODY, SECRET, timestamp=each) for each in (NOW, NOW * 1000))
    for header in (seconds, milliseconds):
        ours = {"now": now, "tolerance": tolerance}
        for call in (
            partial(webhooks.verify_signature, header, BODY, SECRET, **ours),
            partial(verify_standard, STANDARD, **ours),
        ):
            if reason is not None:
                assert refusal(call) == reason
            else:
                call()


@pytest.mark.parametrize("odd", ["1763697600", [], object()])
def test_a_now_that_is_no_number_is_a_mistake_at_the_call_site(odd: Any) -> None:
    for call in (partial(webhooks.verify_signature, HEADER, BODY, SECRET), partial(verify_standard, STANDARD)):
        with pytest.raises(TypeError, match="now must be a number of seconds"):
            call(now=odd)


@pytest.mark.parametrize("tolerance", TOLERANCES_THAT_ARE_NONE)
def test_a_tolerance_that_is_none_is_a_mistake_at_the_call_site(tolerance: Any) -> None:
    """It is refused before anything is looked at: an endless one would accept what was signed in 1970."""
    old = webhooks.generate_signature(BODY, SECRET, timestamp=0)
    client = MolamClient(api_key="sk_test_1", webhook_secret=SECRET)
    for call in (
        partial(webhooks.verify_signature, old, BODY, SECRET),
        partial(webhooks.construct_event, old, BODY, SECRET),
        partial(webhooks.verify_signature, None, BODY, SECRET),
        partial(verify_standard, STANDARD),
        partial(client.verify_webhook_signature, old, BODY),
        partial(client.construct_event, old, BODY),
    ):
        with pytest.raises(ConfigurationError, match="tolerance must be a finite number of seconds"):
            call(tolerance=tolerance)


def test_a_repeated_key_id_is_looked_up_once() -> None:
    asked: list[str] = []

    def secret_of(kid: str) -> str | None:
        asked.append(kid)
        return SECRETS.get(kid)

    header = f"t={NOW}," + ",".join(f"v1={number:064},kid={number % 2}" for number in range(8))
    assert refusal(lambda: webhooks.verify_signature(header, BODY, secret_of, now=NOW)) == "mismatch"
    assert asked == ["0", "1"]


def test_a_body_that_no_hmac_is_made_of() -> None:
    immense = bytes(2**31)  # zeros that no memory is taken for
    assert refusal(lambda: webhooks.construct_event(HEADER, immense, SECRET, now=NOW)) == "too_large"
    assert refusal(lambda: webhooks.verify_standard_signature(STANDARD, immense, SECRET, now=NOW)) == "too_large"
    with pytest.raises(ConfigurationError, match="too long"):
        webhooks.generate_signature(immense, SECRET)


def test_a_released_view_is_a_mistake_at_the_call_site() -> None:
    view = memoryview(BODY)
    view.release()
    with pytest.raises(TypeError, match="raw_body"):
        webhooks.verify_signature(HEADER, view, SECRET, now=NOW)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (b'"n":9007199254740993', 9007199254740993),
        (b'"n":1e400', float("inf")),
        (b'"n":1,"n":2', 2),
        (b'"n":"\\ud800"', "\ud800"),
        (b'"n":"\xed\xa0\x80"', "\ud800"),
    ],
)
def test_odd_json_is_read_as_it_is_written(members: bytes, expected: object) -> None:
    event = signed(b'{"id":"evt_1","type":"x","data":{"object":{' + members + b'},"previous_attributes":null},'
                   b'"object":"event","api_version":"1","livemode":true,"account":"a","sequence":1,'
                   b'"created_at":"2026-11-21T00:00:00Z","request":null}')  # fmt: skip
    assert event.data.object_["n"] == expected


@pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
@pytest.mark.parametrize(
    ("body", "readable"),
    [
        (b"\xef\xbb\xbf" + BODY, True),
        (BODY.decode().encode("utf-16"), True),
        (b'{"id":"\\ud800","type":"\\udfff"}', True),
        (b'{"id":"","type":""}', True),
        (b'{"id":1,"type":"x","id":"evt_2"}', True),
        (b'{"id":"evt_1","id":1,"type":"x"}', False),
        (b'{"id":"e","type":"payment_intent.succeeded","data":' + b'{"object":' * 900 + b"1" + b"}" * 901, None),
        (b'{"id":"e","type":"x","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
        (b'{"id":"e","type":"x","n":' + b"9" * 5000 + b"}", None),
        (b'{"id":"e","type":"x","n":\xff}', False),
        (b"\xff\xfe\xff", False),
        (b"\0", False),
        (b" " * 10_000_000, False),
        (b'{"id":"e","type":"x","n":"' + b"a" * 10_000_000 + b'"}', True),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_odd_bodies_are_an_event_or_none(body: bytes, readable: bool | None) -> None:
    try:
        event = signed(body)
    except UnexpectedResponseError:
        assert not readable
    else:
        assert readable is not False
        assert isinstance(event.id, str)


def test_what_the_members_of_an_event_promise_is_kept() -> None:
    odd: list[tuple[str, object]] = [
        ("sequence", "9"),
        ("sequence", 9.0),
        ("sequence", True),
        ("livemode", "false"),
        ("livemode", 0),
        ("account", 7),
        ("api_version", ["x"]),
        ("created_at", "2026-11-21T04:00:00"),
        ("created_at", "2026-11-21"),
    ]
    whole: dict[str, Any] = {
        "id": "evt_1", "object": "event", "type": "x", "api_version": "1", "livemode": True, "account": "a",
        "sequence": 1, "created_at": "2026-11-21T04:00:00Z", "data": {"object": {}, "previous_attributes": None},
        "request": {"id": "req_1", "idempotency_key": None},
    }  # fmt: skip
    assert signed(json.dumps(whole).encode()).sequence == 1
    for name, value in odd:
        with pytest.warns(webhooks.EventModelWarning):
            event = signed(json.dumps({**whole, name: value}).encode())
        assert getattr(event, name) is None
        assert event.request.id == "req_1"
    with pytest.warns(webhooks.EventModelWarning):
        event = signed(json.dumps({**whole, "request": {"id": 7, "idempotency_key": {}}}).encode())
    assert (event.request.id, event.request.idempotency_key) == (None, None)


def test_warnings_are_few_short_and_printable() -> None:
    """Python remembers each message for ever, and writes it to a log."""
    messages: set[str] = set()
    for number in range(3):
        body = json.dumps({"id": f"evt_{number}", "type": "\ud800\n" + "x" * 9999}).encode()
        with pytest.warns(webhooks.EventModelWarning) as seen:
            signed(body)
        messages |= {str(warning.message) for warning in seen}
    (message,) = messages
    assert len(message) < 300
    assert message.isascii()
    assert message.isprintable()


def test_warnings_point_at_the_caller_of_a_client_too() -> None:
    with MolamClient(api_key="sk_test_0123456789abcdef", webhook_secret=SECRET) as client:
        header = webhooks.generate_signature(BODY, SECRET)
        with pytest.warns(webhooks.EventModelWarning) as seen:
            client.construct_event(header, BODY)
    with pytest.warns(webhooks.EventModelWarning) as seen_too:
        webhooks.parse_event(BODY)
    assert {warning.filename for warning in (*seen, *seen_too)} == {__file__}


def test_a_kept_body_is_read_without_a_signature() -> None:
    for body in (BODY, bytearray(BODY), memoryview(BODY), BODY.decode()):
        with pytest.warns(webhooks.EventModelWarning):
            assert webhooks.parse_event(body).id == "evt_1"
    with pytest.raises(UnexpectedResponseError):
        webhooks.parse_event(b"{}")
    with pytest.raises(TypeError, match="raw_body"):
        webhooks.parse_event({"id": "evt_1"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text() | st.integers(), inner, max_size=2),
    max_leaves=3,
)
HEADERS = st.dictionaries(
    st.sampled_from([*STANDARD, *(name.title() for name in STANDARD), b"webhook-id"])
    | (st.none() | st.integers() | st.text() | st.binary()),
    st.sampled_from(list(STANDARD.values())) | ANYTHING,
    max_size=5,
)


@settings(max_examples=500)
@given(header=ANYTHING, body=ANYTHING, secret=ANYTHING, tolerance=ANYTHING, now=ANYTHING)
@example(header=HEADER, body=BODY, secret=SECRET, tolerance=300, now=10**400)
def test_any_arguments_end_in_an_error_of_the_sdk_or_a_type_error(
    header: Any, body: Any, secret: Any, tolerance: Any, now: Any
) -> None:
    """A TypeError is for what no network can send: arguments of other types than are declared."""
    for given_header, given_body in ((header, body), (HEADER, BODY)):
        try:
            webhooks.verify_signature(given_header, given_body, secret, tolerance=tolerance, now=now)
        except (SignatureError, ConfigurationError, TypeError):
            pass
        else:
            pytest.fail("it was believed")


@settings(max_examples=500)
@given(headers=HEADERS | ANYTHING, secret=st.just(SECRET) | ANYTHING)
def test_any_standard_headers_end_in_one_of_two_errors(headers: Any, secret: Any) -> None:
    try:
        verify_standard(headers, secret)
    except (SignatureError, TypeError):
        return
    assert secret == SECRET


@settings(max_examples=500)
@given(body=st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_signed_bytes_are_an_event_or_none(body: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", webhooks.EventModelWarning)
        with pytest.raises(UnexpectedResponseError):
            signed(body)
        with pytest.raises(UnexpectedResponseError):
            webhooks.parse_event(body)
