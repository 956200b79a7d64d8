"""The `molam-gateway serve` command, as a process."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_gateway import __version__
from molam_gateway.cli import main
from molam_gateway.embedded import Sandbox
from molam_gateway.serving import LaunchError
from molam_gateway.vault import generate_key
from tests.gateway_fixtures import Api, eventually

GATEWAY = str(Path(__file__).parents[3] / "gateway")


def start(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "molam_gateway", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [GATEWAY, os.environ.get("PYTHONPATH")])),
            **(environment or {}),
        },
    )


@contextmanager
def serving(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = start("--json", *arguments, environment=environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def stop(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=20)
    return process.returncode, output, errors


def test_one_line_of_json_once_it_accepts_connections() -> None:
    with serving() as (process, facts):
        assert set(facts) == {"url", "api_key", "admin_url", "webhook_secret", "database", "pid", "version"}
        assert facts["pid"] == process.pid
        assert facts["version"] == __version__
        assert facts["api_key"].startswith("sk_test_")
        assert facts["webhook_secret"].startswith("whsec_")
        api = Api(facts["url"], facts["api_key"])
        assert api.intent(payment_method="pm_cpay_ok", confirm=True)["status"] == "succeeded"
        api.close()
        assert httpx.get(facts["admin_url"]).status_code == 200
        status, output, errors = stop(process)
        assert (status, output) == (0, "")
        assert "Traceback" not in errors


def test_the_temporary_database_is_removed() -> None:
    with serving() as (process, facts):
        file = Path(facts["database"].removeprefix("sqlite:///"))
        assert file.exists()
        stop(process)
        assert not file.parent.exists()


def test_a_database_is_kept_with_its_keys(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sandbox.db"
    with serving("--database", url) as (process, first):
        assert first["database"] == url
        api = Api(first["url"], first["api_key"])
        intent = api.intent()
        api.close()
        stop(process)
    with serving("--database", url) as (process, second):
        assert (second["api_key"], second["webhook_secret"]) == (first["api_key"], first["webhook_secret"])
        api = Api(second["url"], second["api_key"])
        assert api.get(f"/v1/connect/payment_intents/{intent['id']}").json() == intent
        api.close()
        stop(process)
    assert {path.name for path in tmp_path.iterdir()} == {"sandbox.db", "sandbox.db.key"}


def test_the_key_may_come_from_the_environment(tmp_path: Path) -> None:
    environment = {"MOLAM_GATEWAY_KEY": f"{generate_key()}, {generate_key()}"}
    with serving("--database", f"sqlite:///{tmp_path}/sandbox.db", environment=environment) as (process, _):
        stop(process)
    assert {path.name for path in tmp_path.iterdir()} == {"sandbox.db"}


def test_given_key_and_secret() -> None:
    with serving("--api-key", "sk_test_mine", "--webhook-secret", "whsec_bWluZQ==") as (_, facts):
        assert (facts["api_key"], facts["webhook_secret"]) == ("sk_test_mine", "whsec_bWluZQ==")
        api = Api(facts["url"], "sk_test_mine")
        assert api.endpoint("https://shop.example.com/")["secret"] == "whsec_bWluZQ=="
        api.close()


def test_people_get_a_banner() -> None:
    process = start()
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        assert "http://127.0.0.1:" in lines[0]
        assert any("sk_test_" in line for line in lines)
        assert any("whsec_" in line for line in lines)
        assert any("/admin" in line for line in lines)
    finally:
        stop(process)


def test_sigterm_lets_running_requests_finish() -> None:
    with serving() as (process, facts):
        api = Api(facts["url"], facts["api_key"])
        api.arm("delay", delay_ms=1500)
        with socket.create_connection(("127.0.0.1", httpx.URL(facts["url"]).port or 0), timeout=10) as peer:
            authorization = f"Authorization: Bearer {facts['api_key']}"
            peer.sendall(f"GET /v1/account HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n\r\n".encode())
            time.sleep(0.4)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.4)
            with pytest.raises(httpx.ConnectError):
                httpx.get(facts["url"])
            received = b""
            while chunk := peer.recv(65536):
                received += chunk
        assert received.startswith(b"HTTP/1.1 200")
        assert received.endswith(b"}")
        assert process.wait(timeout=10) == 0
        api.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--database", "postgresql://localhost/x"], "MOLAM_GATEWAY_KEY"),
        (["--database", "postgresql://user:hush@localhost/x?nonsense=1"], "postgresql://..."),
        (["--database", "mysql://localhost/x"], "kept in SQLite"),
        (["--workers", "2"], "PostgreSQL"),
        (["--database", "sqlite:///"], "name the file"),
        (["--database", "sqlite:///:memory:"], "in memory"),
        (["--database", "sqlite:////nowhere/at/all/sandbox.db"], "the directory /nowhere/at/all does not exist"),
        (["--database", "/data/x.db"], "sqlite:////data/x.db"),
        (["--api-key", "sk_live_x"], "--api-key"),
        (["--api-key", ""], "--api-key"),
        (["--webhook-secret", " "], "--webhook-secret"),
        (["--redis", "localhost"], "begins with redis://"),
        (["--host", "0.0.0.0"], "loopback only"),
        (["--host", "192.168.0.1"], "loopback only"),
        (["--host", "example.com"], "loopback only"),
        (["--live"], "--database"),
    ],
)
def test_what_it_does_not_do_is_refused_in_words(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", "0", *arguments]) == 2
    output = capsys.readouterr()
    assert (output.out, words in output.err) == ("", True)


@pytest.mark.parametrize("port", ["99999", "-1", "http", ""])
def test_ports_that_are_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", f"--port={port}"])
    assert "--port" in capsys.readouterr().err


def shopping_list(path: Path) -> None:
    path.write_text("shopping list " * 100)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "directory"),
        (shopping_list, "not a database"),
        (foreign, "another program"),
    ],
    ids=["directory", "text", "foreign"],
)
def test_files_that_are_no_gateways_stay_as_they_are(
    make: Callable[[Path], object], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "theirs.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    assert main(["serve", "--port", "0", "--database", f"sqlite:///{path}"]) == 2
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert "--database" in errors
    assert str(path) in errors
    assert words in errors
    assert [each.name for each in tmp_path.iterdir()] == ["theirs.db"]
    assert before == (path.read_bytes() if path.is_file() else b"")


def test_a_failed_start_leaves_no_key_behind(tmp_path: Path) -> None:
    assert main(["serve", "--port", "0", "--api-key", "x", "--database", f"sqlite:///{tmp_path}/s.db"]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x?y.db", "a%20b#c.db"])
def test_names_that_would_mean_something_in_a_url(name: str, tmp_path: Path) -> None:
    with Sandbox(database=tmp_path / name):
        assert {path.name for path in tmp_path.iterdir()} >= {name, f"{name}.key"}
    with Sandbox(database=tmp_path / name) as again:
        assert httpx.get(again.admin_url).is_success


def test_only_the_owner_reads_the_database(tmp_path: Path) -> None:
    with Sandbox(database=tmp_path / "s.db"):
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_second_gateway_on_one_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with serving("--database", url) as (process, facts):
        for _ in range(2):
            assert main(["serve", "--port", "0", "--database", url]) == 2
            assert "another gateway is using this file" in capsys.readouterr().err
            with pytest.raises(LaunchError, match="another gateway"):
                Sandbox(database=tmp_path / "s.db").start()
        assert httpx.get(facts["admin_url"]).is_success
        stop(process)
    with Sandbox(database=tmp_path / "s.db") as first:
        for _ in range(2):
            with pytest.raises(LaunchError, match="another gateway"):
                Sandbox(database=tmp_path / "s.db").start()
        assert httpx.get(first.admin_url).is_success


def test_another_key_than_the_databases_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["serve", "--port", "0", "--database", f"sqlite:///{tmp_path}/s.db"]
    with Sandbox(database=tmp_path / "s.db"):
        pass
    (tmp_path / "s.db.key").unlink()
    assert main(arguments) == 1
    assert "s.db.key back" in capsys.readouterr().err
    assert not (tmp_path / "s.db.key").exists()
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", generate_key())
    assert main(arguments) == 1
    assert "another encryption key" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("starting", [True, False])
def test_no_directory_survives_a_signal(number: signal.Signals, starting: bool, tmp_path: Path) -> None:
    process = start("--json", environment={"TMPDIR": str(tmp_path)})
    assert process.stdout is not None
    if starting:
        eventually(lambda: bool(list(tmp_path.iterdir())))
    else:
        assert process.stdout.readline()
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in errors) == (0, False)
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--port", port]) == 1
    errors = capsys.readouterr().err
    assert "in use" in errors.lower()
    assert f"--port {port}" in errors
    assert "--port 0" in errors


def test_a_bad_key_in_the_environment(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", "short")
    assert main(["serve", "--port", "0"]) == 1
    assert "32 bytes" in capsys.readouterr().err
