"""Running openapi-python-client over a client view."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import yaml

from _regenerate.spec import Spec, SpecError


def generate(view: Spec, package: Path, *, config: Path, templates: Path) -> None:
    """Write the client package for `view` to `package`; any warning of the generator is a SpecError."""
    document = package.with_name("client_view.json")
    document.write_text(json.dumps(view), encoding="utf-8")
    options = {
        "--path": document,
        "--output-path": package,
        "--config": config,
        "--custom-template-path": templates,
        "--meta": "none",
    }
    command = [sys.executable, "-P", "-m", "openapi_python_client", "generate", "--overwrite", "--fail-on-warning"]
    done = _run([*command, *(str(part) for option in options.items() for part in option)], package.parent)
    document.unlink()
    if done.returncode != 0:
        raise SpecError(f"the generator refuses this spec:\n{_readable(done)}")


def tidy(package: Path, *, config: Path) -> None:
    """Run the generator's own post hooks, for files that were added to its package."""
    for hook in yaml.safe_load(config.read_text(encoding="utf-8"))["post_hooks"]:
        done = _run([str(Path(sysconfig.get_path("scripts")) / hook.split()[0]), *hook.split()[1:]], package)
        if done.returncode != 0:
            raise SpecError(f"{hook!r} fails on the generated package:\n{_readable(done)}")


def _run(command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """The hooks find ruff on the PATH, so the pinned one must stand first there."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "160"}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def _readable(done: subprocess.CompletedProcess[str]) -> str:
    """What the tool said; of a crash only its last line."""
    said = (done.stderr or done.stdout).partition("If you believe this was a mistake")[0].strip()
    return said.splitlines()[-1] if "Traceback" in said and said else said
