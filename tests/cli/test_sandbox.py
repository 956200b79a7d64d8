"""sandbox and demo: a gateway of one's own, found by other commands, gone after Ctrl+C."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer

from molam_sdk.cli._running_sandbox import running_sandbox
from tests.cli.conftest import Started
from tests.cli.processes import Molam, Running

Beside = Callable[..., Running]


def test_other_commands_find_it(sandbox: Started) -> None:
    (file,) = sandbox.home.rglob("sandbox.json")
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    paid = sandbox.molam("create-payment", "--amount", "1", "--currency", "USD", "--json").json
    assert paid["livemode"] is False
    assert sandbox.molam("get-payment", paid["id"], "--api-base", "http://127.0.0.1:9", status=5).out == ""
    assert "of the sandbox that runs here" in sandbox.molam("doctor", "--api-base", sandbox.url).out


def test_sigterm_ends_it_too_and_nothing_is_left(bare: Molam, beside: Beside, tmp_path: Path) -> None:
    running = beside("sandbox", "--port", "0", command=bare)
    shown = "".join(running.line() for _ in range(6))
    (file,) = tmp_path.rglob("sandbox.json")
    told = json.loads(file.read_text("utf-8"))
    assert all(name in shown for name in ("MOLAM_API_BASE", "MOLAM_API_KEY", "MOLAM_WEBHOOK_SECRET", "dashboard"))
    assert told["api_key"] in shown
    running.process.terminate()
    running.ended()
    assert not file.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(str(told["url"])).port or 0))


@pytest.mark.parametrize(
    ("text", "believed"),
    [
        ("{told}", True),
        ("{{}}", False),
        ("[", False),
        ('["url"]', False),
        ("{live}", False),
        ("{elsewhere}", False),
        ("{closed}", False),
    ],
)
def test_only_a_sandbox_that_is_there_is_believed(
    text: str, believed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folder(_: str) -> str:
        return str(tmp_path)

    monkeypatch.setattr(typer, "get_app_dir", folder)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        told = json.dumps({"url": url, "api_key": "sk_test_x", "webhook_secret": "whsec_x", "pid": 1})
        closed = told.replace(url, "http://127.0.0.1:9")
        elsewhere = told.replace("127.0.0.1", "203.0.113.1")
        written = text.format(told=told, live=told.replace("sk_test", "sk_live"), elsewhere=elsewhere, closed=closed)
        (tmp_path / "sandbox.json").write_text(written, "utf-8")
        assert (running_sandbox() is not None) is believed


def test_the_demo_starts_a_sandbox_where_there_is_none(bare: Molam) -> None:
    shown = bare("demo", "--json")
    assert "starting one" in shown.err
    found = shown.json
    assert (found["ok"], [step["right"] for step in found["steps"]]) == (True, [True] * 8)


def test_the_demo_moves_no_real_money(bare: Molam) -> None:
    nowhere = bare.having(MOLAM_API_KEY="sk_live_x", MOLAM_API_BASE="http://127.0.0.1:9")
    assert "test money only" in nowhere("demo", status=2).err


def test_a_gateway_that_cannot_start_says_why(bare: Molam) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = bare("sandbox", "--port", str(taken.getsockname()[1]), status=2)
    assert "did not start" in done.err
    assert "molam-gateway" in done.err


def test_without_the_gateway_it_names_the_extra(bare: Molam, tmp_path: Path) -> None:
    program = tmp_path / "sitecustomize.py"
    program.write_text("import sys\nsys.modules['molam_gateway'] = None\n", "utf-8")
    path = os.pathsep.join([str(tmp_path), bare.variables["PYTHONPATH"]])
    assert "molam-sdk-python[sandbox]" in bare.having(PYTHONPATH=path)("sandbox", status=2).err
