"""The distributions as they are published, and clean environments to install them into."""

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Distributions:
    """The built files of both distributions, all in one folder."""

    folder: Path

    def wheel(self, name: str) -> Path:
        (found,) = self.folder.glob(f"{name}-*.whl")
        return found

    def sdist(self, name: str) -> Path:
        (found,) = self.folder.glob(f"{name}-*.tar.gz")
        return found


@dataclass(frozen=True)
class CleanEnvironment:
    """A virtual environment that nothing of the checkout can be imported from."""

    home: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment outside of the checkout; its output is shown if it fails."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
        scripts = self.home / ("Scripts" if os.name == "nt" else "bin")
        variables["PATH"] = f"{scripts}{os.pathsep}{variables['PATH']}"
        done = subprocess.run(
            [scripts / command[0], *command[1:]],
            cwd=self.home,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def pip_install(self, *what: str | Path) -> None:
        self.run("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)

    def installed(self) -> set[str]:
        """Names of the installed distributions, less pip."""
        program = "import importlib.metadata as m; print(*{d.metadata['Name'].lower() for d in m.distributions()})"
        return set(self.run("python", "-I", "-c", program).stdout.split()) - {"pip", "setuptools"}


def build(project: Path, folder: Path, *what: str) -> None:
    """Build with the hatchling of the running environment; without `what` the sdist, and the wheel from it."""
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(folder), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def make_environment(home: Path) -> CleanEnvironment:
    venv.create(home, with_pip=True)
    return CleanEnvironment(home)


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder)
    build(ROOT / "gateway", folder)
    return Distributions(folder)
