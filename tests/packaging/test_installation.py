"""The published files, installed into clean environments, work there."""

import json
from pathlib import Path

import pytest

from tests.packaging.conftest import CleanEnvironment, Distributions, make_environment

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

RUNTIME = {"attrs", "certifi", "h11", "httpx", "molam-sdk-python", "python-dateutil"}
PULLED_IN = {"anyio", "httpcore", "idna", "six", "sniffio", "typing_extensions", "tzdata"}

IMPORT = """
import importlib, pkgutil, sys, molam_api, molam_sdk
for package in (molam_sdk, molam_api):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not any(module.name.startswith(prefix) for prefix in sys.argv[1:]):
            importlib.import_module(module.name)
print(molam_sdk.__version__)
"""

PAY = """
import json, subprocess
from molam_sdk import MolamClient

command = ["molam-gateway", "serve", "--port", "0", "--json"]
with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:
    told = json.loads(gateway.stdout.readline())
    with MolamClient(api_key=told["api_key"], api_base=told["url"]) as client:
        intent = client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok", confirm=True)
        refund = client.refunds.create(intent.id, amount=400)
        kinds = sorted(movement.kind for movement in client.sandbox.retrieve_ledger(payment_intent=intent.id).data)
    gateway.terminate()
print(gateway.returncode, intent.status, refund.status, *kinds)
"""

DURABLE = """
import sqlalchemy
from molam_sdk.durable import Journal, create_tables

engine = sqlalchemy.create_engine("sqlite:///shop.db")
create_tables(engine)
print(Journal(engine).unfinished())
"""

WITHOUT_SQL = """
from molam_sdk.errors import ConfigurationError
try:
    from molam_sdk.durable import Journal
except ConfigurationError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def sdk(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> CleanEnvironment:
    """An environment with the SDK alone."""
    environment = make_environment(tmp_path_factory.mktemp("sdk"))
    environment.pip_install(distributions.wheel("molam_sdk_python"))
    return environment


def test_the_sdk_pulls_in_its_few_dependencies_and_theirs(sdk: CleanEnvironment) -> None:
    sdk.run("python", "-m", "pip", "check")
    assert sdk.installed() >= RUNTIME
    assert sdk.installed() - RUNTIME <= PULLED_IN


def test_every_module_of_the_sdk_can_be_imported_without_the_gateway(sdk: CleanEnvironment) -> None:
    command = (
        "python",
        "-I",
        "-W",
        "error",
        "-c",
        IMPORT,
        "molam_sdk.cli.",
        "molam_sdk.contrib.",
        "molam_sdk.durable.",
        "molam_sdk.testing.plugin",
    )
    assert sdk.run(*command).stdout.strip() == "0.1.0"


def test_the_durable_package_names_the_extra_that_it_needs(sdk: CleanEnvironment) -> None:
    said = sdk.run("python", "-I", "-c", WITHOUT_SQL).stdout.strip()
    assert said == "molam_sdk.durable needs sqlalchemy: pip install 'molam-sdk-python[sql]'"


def test_the_sql_extra_brings_all_that_a_journal_needs(distributions: Distributions, tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    environment.pip_install(f"{distributions.wheel('molam_sdk_python')}[sql]")
    assert (
        environment.run(
            "python",
            "-I",
            "-W",
            "error",
            "-c",
            IMPORT,
            *("molam_sdk.cli.", "molam_sdk.contrib.", "molam_sdk.testing.plugin"),
        ).stdout.strip()
        == "0.1.0"
    )
    assert environment.run("python", "-I", "-W", "error", "-c", DURABLE).stdout.strip() == "[]"


def test_the_extras_bring_a_gateway_that_takes_a_payment_and_the_command(
    distributions: Distributions, tmp_path: Path
) -> None:
    environment = make_environment(tmp_path)
    sandbox = f"{distributions.wheel('molam_sdk_python')}[sandbox]"
    environment.pip_install("--find-links", distributions.folder, sandbox)
    environment.run("python", "-m", "pip", "check")
    assert environment.run("python", "-I", "-c", PAY).stdout.split() == [
        "0",
        "succeeded",
        "succeeded",
        "charge",
        "refund",
    ]
    environment.pip_install(f"{distributions.wheel('molam_sdk_python')}[cli]")
    skipped = ("molam_sdk.contrib.", "molam_sdk.durable.", "molam_sdk.testing.plugin")
    environment.run("python", "-I", "-W", "error", "-c", IMPORT, *skipped)
    demo = json.loads(environment.run("molam", "demo", "--json").stdout)
    assert demo["ok"] is True
