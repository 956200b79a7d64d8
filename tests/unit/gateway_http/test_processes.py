"""Several gateway processes on one PostgreSQL are one gateway: nothing doubled, nothing overdrawn, one clock."""

import json
import multiprocessing
import multiprocessing.process
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from molam_gateway import supervisor
from molam_gateway.cli import main
from molam_gateway.serving import Launch, Running
from molam_gateway.storage.port import StoreError
from molam_gateway.storage.postgres_url import parse
from molam_gateway.vault import generate_key
from tests.gateway_databases import PostgresSchema, postgres_schema
from tests.gateway_fixtures import Api, Receiver, eventually

GATEWAY = str(Path(__file__).parents[3] / "gateway")
KEY = generate_key()
API_KEY = "sk_test_processes0123456789"
INTENTS = "/v1/connect/payment_intents"
PAYMENT: dict[str, object] = {"amount": 1000, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}
BENEFICIARY = {"type": "mobile_money", "phone": "+254700000000"}


@contextmanager
def gateway(schema: PostgresSchema, *arguments: str) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A gateway as a process of its own, once it accepts connections."""
    process = subprocess.Popen(
        [sys.executable, "-m", "molam_gateway", "serve", "--json", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [GATEWAY, os.environ.get("PYTHONPATH")])),
            "MOLAM_GATEWAY_KEY": KEY,
            "MOLAM_GATEWAY_API_KEY": API_KEY,
            "MOLAM_GATEWAY_DATABASE": schema.url,
        },
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def schema() -> Iterator[PostgresSchema]:
    with postgres_schema() as made:
        yield made


@pytest.fixture(scope="module")
def apis(schema: PostgresSchema) -> Iterator[list[Api]]:
    """One client for each of two gateways on the database."""
    with gateway(schema) as (_, first), gateway(schema) as (_, second):
        clients = [Api(facts["url"], API_KEY) for facts in (first, second)]
        with closing(clients[0]), closing(clients[1]):
            yield clients


def at_once(count: int, call: Callable[[int], httpx.Response]) -> Counter[tuple[int, str | None]]:
    """How often which status and code came of so many calls at the same time."""
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(call, range(count)))
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


def test_a_hundred_requests_with_one_key_move_money_once(apis: list[Api]) -> None:
    answers = at_once(100, lambda number: apis[number % 2].post(INTENTS, PAYMENT, key="the-same"))
    assert set(answers) <= {(201, None), (409, "idempotency_in_flight")}
    assert answers[201, None] >= 1
    intent = apis[0].made(INTENTS, PAYMENT, key="the-same")
    book = [apis[1].get("/v1/sandbox/ledger", payment_intent=intent["id"]).json()["data"]]
    assert [len(movements) for movements in book] == [1]


def test_of_fifty_refunds_of_sixty_percent_one_is_accepted(apis: list[Api]) -> None:
    charge = apis[0].made(INTENTS, PAYMENT)["latest_charge"]
    path = f"/v1/connect/charges/{charge}/refund"
    answers = at_once(50, lambda number: apis[number % 2].post(path, {"amount": 600}, key=f"refund-{number}"))
    assert answers == {(201, None): 1, (409, "refund_exceeds_captured"): 49}


def test_payouts_at_once_never_overdraw(apis: list[Api]) -> None:
    apis[0].made(INTENTS, {**PAYMENT, "currency": "KES"})
    body = {"amount": 300, "currency": "KES", "beneficiary": BENEFICIARY}
    answers = at_once(30, lambda number: apis[number % 2].post("/v1/treasury/payouts", body, key=f"payout-{number}"))
    assert answers == {(201, None): 3, (409, "balance_insufficient"): 27}


def test_every_process_has_the_time_to_which_one_advanced(apis: list[Api]) -> None:
    for one, other in (apis, apis[::-1]):
        now = one.advance(86400)["now_at"]
        assert other.intent()["created_at"] >= now


def test_an_advance_waits_for_what_other_processes_do(apis: list[Api]) -> None:
    """Whoever of them takes the work: all of it is done when the advance answers."""
    with Receiver(delay=0.05) as receiver:
        endpoint = apis[1].endpoint(receiver.url, "payment_intent.succeeded")
        body = {**PAYMENT, "payment_method": "pm_cpay_async_ok"}
        intents = [apis[number % 2].made(INTENTS, body)["id"] for number in range(12)]
        apis[0].advance(60)
        assert {apis[1].get(f"{INTENTS}/{each}").json()["status"] for each in intents} == {"succeeded"}
        told = [delivery.event["data"]["object"]["id"] for delivery in receiver.deliveries]
        assert sorted(told) == sorted(intents)
        apis[0].send("DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")


def test_connections_that_are_ended_under_load_double_nothing(apis: list[Api], schema: PostgresSchema) -> None:
    """A call that fails is made again with its key, as the SDK does."""

    def pay(number: int) -> httpx.Response:
        answers = (apis[(number + turn) % 2].post(INTENTS, PAYMENT, key=f"ended-{number}") for turn in range(200))
        return next(answer for answer in answers if answer.status_code not in {409, 503})

    def end_often() -> None:
        for _ in range(4):
            with schema.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
                    " AND pid <> pg_backend_pid() AND backend_start < now() - interval '50 ms'",
                    (schema.name,),
                )

    before = len(apis[0].get("/v1/sandbox/ledger").json()["data"])
    with ThreadPoolExecutor(9) as pool:
        answers = [pool.submit(pay, number) for number in range(24)]
        ends = pool.submit(end_often)
        assert {answer.result().status_code for answer in answers} == {201}
        ends.result()
    apis[0].advance(120)
    assert len(apis[1].get("/v1/sandbox/ledger").json()["data"]) == before + 24


def test_workers_share_a_socket_and_are_replaced(schema: PostgresSchema, capsys: pytest.CaptureFixture[str]) -> None:
    with gateway(schema, "--workers", "2") as (process, facts):
        assert facts["database"].startswith("postgresql://")
        assert "search_path" not in facts["database"]

        def workers() -> list[psutil.Process]:
            children = psutil.Process(process.pid).children()
            alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
            return [child for child in alive if "spawn_main" in " ".join(child.cmdline())]

        with closing(Api(facts["url"], API_KEY)) as api:
            first = workers()
            assert len(first) == 2
            first[0].send_signal(signal.SIGKILL)
            eventually(lambda: len(workers()) == 2 and first[0] not in workers(), 20)
            assert api.get("/v1/account").is_success
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not any(psutil.pid_exists(worker.pid) for worker in first)


def worker_of(url: str) -> list[str]:
    """The workers that have answered a payment."""
    text = httpx.get(f"{url}/metrics").text
    return re.findall(r'requests_total\{operation="create_payment_intent",status="2xx",worker="(\d)"', text)


def listening_ports(process: psutil.Process) -> int:
    """On how many ports a process accepts connections: the one with the simulators on two."""
    return len({each.laddr for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN})


@pytest.mark.timeout(120)
def test_workers_of_a_sandbox_share_their_simulators(schema: PostgresSchema) -> None:
    """Whoever is asked: each payment is in the one book of its provider, an advance waits for what it tells, and a
    new process goes on with the book.
    """

    def pay(number: int) -> str:
        card: dict[str, object] = {"provider": "visa", "currency": "USD", "payment_method": "pm_card_visa"}
        phone: dict[str, object] = {"provider": "mpesa", "currency": "KES", "payment_method": "pm_mpesa"}
        phone["customer"] = {"phone": f"+25471{number:04}100"}
        with closing(Api(str(facts["url"]), API_KEY)) as api:
            chosen = card if number % 2 else phone
            return str(api.made(INTENTS, {"amount": 1000, "confirm": True, **chosen})["id"])

    def movements(provider: str) -> list[int]:
        ledger = f"{facts['url']}/sandbox/simulators/{provider}/_control/ledger"
        return [len(httpx.get(ledger, timeout=30).json()["movements"]) for _ in range(4)]

    with gateway(schema, "--workers", "2") as (process, facts), closing(Api(str(facts["url"]), API_KEY)) as api:
        made: list[str] = []
        with ThreadPoolExecutor(4) as threads:
            while len(made) < 8 or (len(worker_of(str(facts["url"]))) < 2 and len(made) < 80):
                made += threads.map(pay, range(len(made), len(made) + 8))
        assert set(worker_of(str(facts["url"]))) == {"0", "1"}
        api.advance(120)
        assert {api.get(f"{INTENTS}/{id}").json()["status"] for id in made} == {"succeeded"}
        half = len(made) // 2
        assert (movements("stripe"), movements("mpesa")) == ([half] * 4, [half] * 4)
        (host,) = [each for each in psutil.Process(process.pid).children() if listening_ports(each) == 2]
        host.send_signal(signal.SIGKILL)
        assert movements("mpesa") == [half] * 4


def test_a_supervisor_whose_workers_cannot_start_any_more_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "_PAUSE", 0.1)
    monkeypatch.setattr(supervisor, "_MOST_FAILED_STARTS", 3)
    killed: list[multiprocessing.process.BaseProcess] = []

    with postgres_schema() as broken:

        def break_it(_: Running) -> None:
            with broken.connect() as connection:
                connection.execute("DELETE FROM alembic_version")
            killed.extend(multiprocessing.active_children())
            for child in killed:
                child.kill()

        launch = Launch(port=0, database=parse(broken.url), keys=(KEY,), api_key=API_KEY)
        with pytest.raises(StoreError, match=r"^3 workers in a row could not start.*tables could not be made"):
            supervisor.supervise(launch, 2, break_it)
    assert len(killed) == 2
    failures = [record.getMessage() for record in caplog.records if "could not start" in record.getMessage()]
    assert len(failures) == 3
    assert all("tables could not be made" in failure for failure in failures)
    deaths = [record.getMessage() for record in caplog.records if "starting another" in record.getMessage()]
    assert {"(-9)", "(1)"} == {re.findall(r"[(].*?[)]", death)[0] for death in deaths}
    assert multiprocessing.active_children() == []


def test_workers_end_when_their_supervisor_is_killed(schema: PostgresSchema) -> None:
    with gateway(schema, "--workers", "2") as (process, _):
        children = psutil.Process(process.pid).children()
        process.kill()
        psutil.wait_procs(children, timeout=20)
        assert not any(child.is_running() for child in children)


def test_a_database_is_migrated_by_a_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with postgres_schema(migrated=False) as empty:
        for url in (empty.url, f"sqlite:///{tmp_path / 'x.db'}"):
            assert main(["migrate", "--database", url]) == 0
        assert capsys.readouterr().out.count("revision") == 2
    assert main(["migrate", "--database", "postgresql://me:hush@127.0.0.1:1/x"]) == 1
    assert "hush" not in capsys.readouterr().err
