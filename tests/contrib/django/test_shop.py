"""The example shop as it runs: two gunicorn workers, a worker for webhooks, a sandbox, a customer with a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient
from tests.admin.conftest import browser

__all__ = ["browser"]

pytestmark = pytest.mark.timeout(120)
SHOP = Path(__file__).parents[3] / "examples" / "django_shop"

PREPARED = """
from django.core.management import call_command
call_command("makemigrations", check=True, dry_run=True)
call_command("migrate")
from shop.models import Product
Product.objects.create(name="Tea", price=900)
"""


class Shop:
    """The shop's commands, on a database of its own."""

    def __init__(self, database: Path, **variables: str) -> None:
        paths = [str(Path(path).resolve()) for path in sys.path if path]
        self._folder = database.parent
        self._environment = {
            **os.environ,
            **variables,
            "SHOP_DATABASE": str(database),
            "PYTHONPATH": os.pathsep.join([str(SHOP), *paths]),
        }

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=SHOP,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def running(self, *command: str, says: str) -> Generator[str]:
        """Run a command as long as the block lasts; it is ready when it says so, and ends well when it is told to."""
        log = self._folder / f"{command[1]}.log"
        with log.open("w") as written, self._started(command, written) as process:
            try:
                while (found := re.search(says, log.read_text())) is None:
                    assert process.poll() is None, log.read_text()
                    time.sleep(0.02)
                yield found[0]
            finally:
                process.terminate()  # gunicorn's master ends its workers
                ended = process.wait(timeout=30)
        assert ended == 0, log.read_text()
        assert "Traceback" not in log.read_text()

    def _started(self, command: Sequence[str], log: TextIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command], cwd=SHOP, env=self._environment, stdout=log, stderr=subprocess.STDOUT
        )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Shop:
    made = Shop(
        tmp_path_factory.mktemp("shop") / "shop.db",
        MOLAM_API_BASE=sandbox.url,
        MOLAM_API_KEY=sandbox.api_key,
        MOLAM_WEBHOOK_SECRET=sandbox.webhook_secret,
    )
    made.manage("shell", "-v", "0", "-c", PREPARED)
    return made


def press(browser: Chrome, words: str) -> None:
    browser.find_element(By.XPATH, f"//button[contains(., '{words}')]").click()


def until(browser: Chrome, seen: Callable[[], bool]) -> None:
    try:
        WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda _: seen())
    except TimeoutException:
        log: Any = browser.get_log("browser")  # type: ignore[no-untyped-call]
        pytest.fail(f"{browser.current_url}: {browser.page_source}\n{log}")


def test_an_order_is_paid_and_another_refused(browser: Chrome, shop: Shop, sandbox: Sandbox) -> None:
    gunicorn = ("-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", "127.0.0.1:0", "shop.wsgi")
    worker = ("-u", "manage.py", "molam_process_webhooks", "--poll", "0.1")
    with (
        shop.running(*gunicorn, says=r"http://127\.0\.0\.1:\d+") as url,
        shop.running(*worker, says="working at webhooks"),
        MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client,
    ):
        client.webhook_endpoints.create(url=f"{url}/molam/webhook/", enabled_events=["*"])
        for decision, words in (("Approve", "Paid. Thank you!"), ("Refuse", "The payment did not succeed")):
            browser.get(url)
            press(browser, "Buy Tea")
            until(browser, lambda: browser.current_url.startswith(sandbox.url))
            press(browser, decision)
            until(browser, lambda words=words: words in browser.page_source)  # type: ignore[misc]
            assert browser.current_url.startswith(f"{url}/orders/")
        browser.get(url)
        assert "9 left" in browser.find_element(By.TAG_NAME, "main").text
        intents = list(client.payment_intents.list())
    assert sorted(intent.status for intent in intents) == ["requires_payment_method", "succeeded"]
    log: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] in ("SEVERE", "WARNING")] == []


def test_the_tests_of_the_shop_pass(shop: Shop) -> None:
    shop.manage("test", "--verbosity", "0")
