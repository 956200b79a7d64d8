"""What holds for every command: help, completion, speed, pipes, keys, secrets."""

import html
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from molam_sdk.cli._app import app
from molam_sdk.cli._exits import Exit
from tests.cli.conftest import Started
from tests.cli.processes import COMMAND, PATIENCE, Molam
from tests.gateway_fixtures import Api

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cli.md"
HELP = """
import contextlib, io
from molam_sdk.cli._app import app
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    app(["--help"])
"""


def leaves(command: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command with its options."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from leaves(inner, f"{path} {name}".strip())
    else:
        yield path, {option for parameter in command.params for option in parameter.opts}


def loaded(molam: Molam, program: str, *names: str) -> list[str]:
    """Which of these modules a program loads."""
    variables = {name: value for name, value in molam.variables.items() if not name.startswith("COV")}
    shown = f"import sys\n{program}\nprint(sorted({set(names)!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", shown], env=variables, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    return found


def test_every_command_takes_json_and_stands_in_the_guide() -> None:
    found = dict(leaves(get_command(app)))
    assert [name for name, options in found.items() if "--json" not in options] == []
    rows = re.findall(r"^\| `molam ([a-z][a-z-]*(?: [a-z][a-z-]*)*)", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(found)


def test_what_the_guide_and_its_recordings_type_is_there() -> None:
    found = dict(leaves(get_command(app)))
    typed = re.findall(r"^(?:\w+=\$\()?(molam .*?)(?: *#.*|\).*)?$", GUIDE.read_text("utf-8"), re.MULTILINE)
    for recording in sorted(GUIDE.parent.glob("images/cli-*.svg")):
        (shown,) = re.findall(r">\$&#160;(molam.*?)</text>", recording.read_text("utf-8"))
        typed.append(html.unescape(shown).replace("\xa0", " "))
    assert len(typed) >= 11
    for line in typed:
        words = shlex.split(line.partition("|")[0])[1:]
        name = next((name for name in found if words[: len(name.split())] == name.split()), "")
        assert name, line
        assert {word for word in words if word.startswith("--")} <= found[name], line


def test_the_guide_has_every_exit_status() -> None:
    rows = re.findall(r"^\| (\d+) \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert [int(row) for row in rows] == [int(each) for each in Exit]


def test_help_loads_no_client_and_no_colours(bare: Molam) -> None:
    heavy = ("asyncio", "attr", "httpx", "molam_api", "molam_sdk._client", "rich", "ssl", "websockets")
    assert loaded(bare, HELP, *heavy) == []


def test_help_and_version_need_nothing(bare: Molam) -> None:
    shown = bare("--help").out
    assert "Exit status: 0 done, 1 unexpected, 2 usage" in " ".join(shown.split())
    assert bare("--version").out == "0.1.0\n"


def test_a_shell_can_complete_commands_and_event_types(bare: Molam) -> None:
    asked = bare.having(_MOLAM_COMPLETE="complete_bash", COMP_WORDS="molam trigger refund.", COMP_CWORD="2")
    assert asked(status=None).out.split() == ["refund.created", "refund.failed", "refund.processed", "refund.updated"]


def test_without_a_key_it_says_what_to_do(bare: Molam) -> None:
    done = bare("get-payment", "pi_1", "--json", status=5)
    assert done.json["error"]["type"] == "NoKeyError"
    assert "MOLAM_API_KEY" in done.err
    assert "molam sandbox" in done.err


def test_without_the_extra_it_names_the_extra(bare: Molam, tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError('no typer', name='typer')\n", "utf-8")
    path = os.pathsep.join([str(tmp_path), bare.variables["PYTHONPATH"]])
    said = bare.having(PYTHONPATH=path)("--help", status=2).err
    assert "pip install 'molam-sdk-python[cli]', in a clone '.[cli]'" in said


def test_a_closed_pipe_is_no_accident(molam: Molam, api: Api) -> None:
    for _ in range(40):
        api.intent()
    with subprocess.Popen(
        [*COMMAND, "events", "list", "--limit", "1000", "--json"],
        env=molam.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
def test_a_terminal_gets_colours_and_a_pipe_whole_plain_lines(molam: Molam, api: Api) -> None:
    id = api.intent(description="long " * 40)["id"]
    piped = molam("get-payment", id).out
    assert "\x1b" not in piped
    assert ("long " * 40).strip() in piped
    reader, writer = pty.openpty()
    variables = {**molam.variables, "TERM": "xterm-256color", "COLUMNS": "60"}
    done = subprocess.run([*COMMAND, "get-payment", id], env=variables, stdout=writer, stderr=writer, check=True)
    os.close(writer)
    shown = os.read(reader, 65536).decode()
    os.close(reader)
    assert done.returncode == 0
    assert "\x1b[1m" in shown
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in shown.splitlines()) <= 60


def test_no_command_prints_a_secret_that_it_was_given(molam: Molam, sandbox: Started) -> None:
    known = molam.having(MOLAM_WEBHOOK_SECRET=sandbox.webhook_secret)
    for arguments in (
        ("logs", "tail", "--no-follow", "-n", "100", "--json"),
        ("listen", "--help"),
    ):
        done = known(*arguments, status=None)
        assert done.status in (0, 7)
        assert sandbox.api_key not in done.out + done.err
        assert sandbox.webhook_secret not in done.out + done.err
