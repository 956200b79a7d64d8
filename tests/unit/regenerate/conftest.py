"""A small spec with every shape that the templates treat specially, and the script run on it."""

import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from _regenerate.spec import load

ROOT = Path(__file__).parents[3]
SMALL = Path(__file__).with_name("small.yaml")

Run = Callable[..., subprocess.CompletedProcess[str]]


def run_script(*arguments: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "regenerate", "--no-install", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="session")
def run() -> Run:
    return run_script


@pytest.fixture
def small() -> dict[str, Any]:
    return load(SMALL)


@pytest.fixture
def spec_file(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Writes a spec to a file (JSON is YAML) and gives its path."""

    def write(spec: dict[str, Any]) -> Path:
        path = tmp_path / "spec.yaml"
        path.write_text(json.dumps(spec), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with everything generated from the small spec; look, do not touch."""
    directory = tmp_path_factory.mktemp("generated")
    done = run_script("--spec", SMALL, "--output", directory)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="session")
def small_models(generated: Path) -> Any:
    """The models of the small spec, imported beside the real molam_api under another name."""
    location = generated / "molam_api"
    spec = importlib.util.spec_from_file_location(
        "small_api", location / "__init__.py", submodule_search_locations=[str(location)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["small_api"] = package
    spec.loader.exec_module(package)
    return importlib.import_module("small_api.models")
