"""The demo: both walks hold against the sandbox, and a result that is wrong ends it with status 1."""

import asyncio
from pathlib import Path

import pytest

from _demo import with_async_client, with_sync_client
from _demo.__main__ import main
from _demo.receiver import listening
from _demo.sandbox import Sandbox
from _demo.telling import Telling, WrongResultError


@pytest.fixture
def sandbox(sandbox_variables: dict[str, str]) -> Sandbox:
    return Sandbox(sandbox_variables["MOLAM_API_BASE"], sandbox_variables["MOLAM_API_KEY"], "0.1.0")


def test_both_walks_check_the_same_results(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    with listening() as receiver:
        checked = with_sync_client.walk(sandbox, receiver)
        told = capsys.readouterr().out.splitlines()
        assert asyncio.run(with_async_client.walk(sandbox, receiver)) == checked
    retold = capsys.readouterr().out.splitlines()
    assert [line[:22] for line in told[2:]] == [line[:22] for line in retold[2:]]
    assert len(told[2:]) == 10


def test_a_wrong_result_stops_the_walk() -> None:
    with pytest.raises(WrongResultError, match=r"status is 'failed', it has to be 'succeeded'"):
        Telling("walk").check("status", "failed", "succeeded")


def test_a_sandbox_that_does_not_start_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "molam-gateway"
    broken.write_text("#!/bin/sh\necho 'no free port' >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    assert main(broken, tmp_path / "log") == 1
    said = capsys.readouterr().err
    assert "ended with status 3 before it listened" in said
    assert "no free port" in said


def test_a_walk_whose_key_is_refused_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refusing = tmp_path / "molam-gateway"
    told = '{"url": "http://127.0.0.1:9", "api_key": "sk_test_x", "version": "0"}'
    refusing.write_text(f"#!/bin/sh\necho '{told}'\nexec sleep 30\n", encoding="utf-8")
    refusing.chmod(0o755)
    assert main(refusing, tmp_path / "log") == 1
    assert "FAILED: NetworkError" in capsys.readouterr().err
