"""A sandbox in a file, somebody signed in to its dashboard, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, receiver, silent

from .person import Person

__all__ = ["receiver", "silent"]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dashboard") / "sandbox.db"


@pytest.fixture(scope="module")
def sandbox(database: Path) -> Iterator[Sandbox]:
    with Sandbox(database=database, validate_responses=True) as running:
        yield running


@pytest.fixture(scope="module")
def api(sandbox: Sandbox) -> Iterator[Api]:
    client = Api(sandbox.url, sandbox.api_key)
    yield client
    client.close()


@pytest.fixture
def person(sandbox: Sandbox) -> Iterator[Person]:
    """Somebody who signed in with the sandbox's key."""
    with Person(sandbox.url) as somebody:
        somebody.sign_in(sandbox.api_key)
        yield somebody


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A real browser without a window; tests that need one are skipped where there is none, as `scripts/test` says."""
    binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("these tests need Chromium and chromedriver on the PATH")
    options = ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,900"):
        options.add_argument(argument)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    running = Chrome(options=options, service=Service(driver))
    yield running
    running.quit()
