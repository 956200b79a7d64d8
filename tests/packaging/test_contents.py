"""What the published files hold and ask for."""

import re
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, Distributions, build

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def said(wheel: Path, module: str) -> str:
    """What a module assigns to `__version__`."""
    with zipfile.ZipFile(wheel) as archive:
        (version,) = re.findall(r'^__version__ = "(.+)"$', archive.read(module).decode(), re.MULTILINE)
    return str(version)


def sources(folder: Path) -> set[str]:
    """Every file of a package as the wheel has to hold it."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def required(wheel: Path) -> set[str]:
    """Names of the dependencies that no extra asks for."""
    wanted = metadata(wheel).get_all("Requires-Dist", [])
    return {re.split(r"[^A-Za-z0-9_-]", each)[0] for each in wanted if "extra ==" not in each}


def test_the_sdk_carries_both_packages_whole_and_nothing_else(distributions: Distributions) -> None:
    found = {name for name in names(distributions.wheel("molam_sdk_python")) if ".dist-info/" not in name}
    assert found == sources(ROOT / "overlay" / "molam_sdk") | sources(ROOT / "generated" / "molam_api")
    assert {"molam_sdk/py.typed", "molam_api/py.typed"} <= found


def test_the_sdk_announces_its_pytest_plugin(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel("molam_sdk_python")) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/entry_points.txt")]
        announced = archive.read(name).decode()
    assert "[pytest11]\nmolam_sdk.testing.plugin = molam_sdk.testing.plugin\n" in announced


def test_the_gateway_carries_its_package_whole_and_nothing_else(distributions: Distributions) -> None:
    found = {name for name in names(distributions.wheel("molam_gateway")) if ".dist-info/" not in name}
    assert found == sources(ROOT / "gateway" / "molam_gateway")
    assert {"molam_gateway/py.typed", "molam_gateway/http/openapi.json"} <= found


def test_the_sdk_needs_few_distributions(distributions: Distributions) -> None:
    assert required(distributions.wheel("molam_sdk_python")) == {"attrs", "certifi", "h11", "httpx", "python-dateutil"}


@pytest.mark.parametrize("name", ["molam_sdk_python", "molam_gateway"])
def test_both_say_their_licence_and_python(distributions: Distributions, name: str) -> None:
    wheel = distributions.wheel(name)
    found = metadata(wheel)
    assert (found["License-Expression"], found["Requires-Python"]) == ("MIT", ">=3.11")
    assert any(each.endswith(".dist-info/licenses/LICENSE") for each in names(wheel))


@pytest.mark.parametrize("name", ["molam_sdk_python", "molam_gateway"])
def test_an_sdist_holds_the_sources_only(distributions: Distributions, name: str) -> None:
    with tarfile.open(distributions.sdist(name)) as archive:
        tops = {member.split("/")[1] for member in archive.getnames() if "/" in member}
    packages = {"overlay", "generated", "CHANGELOG.md"} if name == "molam_sdk_python" else {"molam_gateway"}
    assert tops == packages | {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO", ".gitignore"}


def test_one_version_everywhere(distributions: Distributions) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = {
        project["version"],
        project["optional-dependencies"]["sandbox"][0].removeprefix("molam-gateway=="),
        metadata(distributions.wheel("molam_sdk_python"))["Version"],
        metadata(distributions.wheel("molam_gateway"))["Version"],
        said(distributions.wheel("molam_sdk_python"), "molam_sdk/_version.py"),
        said(distributions.wheel("molam_gateway"), "molam_gateway/__init__.py"),
    }
    assert len(found) == 1


def test_a_second_build_gives_the_same_bytes(distributions: Distributions, tmp_path: Path) -> None:
    build(ROOT, tmp_path, "--wheel")
    again = Distributions(tmp_path).wheel("molam_sdk_python")
    assert again.read_bytes() == distributions.wheel("molam_sdk_python").read_bytes()
