"""doctor: each thing that can stand between this machine and a call is found, and told with its remedy."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from tests.cli.conftest import Started
from tests.cli.processes import Molam


def checks(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["status"], each["detail"]) for each in document["checks"]}


@contextmanager
def answering(status: int, headers: dict[str, str]) -> Generator[str]:
    """A server of something else: it answers everything in the same way."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_PUT(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_all_is_well_beside_a_sandbox(molam: Molam, sandbox: Started) -> None:
    document = molam("doctor", "--json").json
    found = checks(document)
    assert document["ok"] is True
    assert list(found) == ["python", "sdk", "extras", "key", "reach", "clock", "version", "account"]
    assert {name for name, (status, _) in found.items() if status != "ok"} <= {"extras"}
    assert found["key"][1].startswith("a test key")
    assert found["clock"][1] == "as the server's"
    assert "acct_" in found["account"][1]
    assert sandbox.api_key not in json.dumps(document)


def test_a_wrong_clock_another_api_and_a_refused_key_are_told(bare: Molam) -> None:
    with answering(404, {"Date": "Sun, 01 Nov 2026 00:00:00 GMT"}) as url:
        done = bare("doctor", "--json", "--api-key", "sk_test_x", "--api-base", url, status=7)
    found = checks(done.json)
    assert found["clock"][0] == "failed"
    assert "the server's" in found["clock"][1]
    assert found["reach"][0] == "warning"
    assert found["version"][1].startswith("the API lacks")
    assert found["account"][0] == "failed"


def test_nobody_there_and_an_expired_token_are_told_with_a_remedy(bare: Molam) -> None:
    token = jwt.encode({"sub": "a", "exp": 1_700_000_000}, "k" * 32, algorithm="HS256")
    done = bare("doctor", "--api-key", token, "--api-base", "http://127.0.0.1:9", status=7)
    assert "a token that expired at 2023-11-14" in done.out
    assert "start `molam sandbox`" in done.out
    assert token not in done.out + done.err
    assert checks(bare("doctor", "--json", status=7).json)["key"] == ("failed", "none")
