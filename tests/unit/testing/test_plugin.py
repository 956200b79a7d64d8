"""The pytest plugin, in projects of their own: guard, marker, options, fixtures, and next to no cost."""

from __future__ import annotations

import json
import os
import sys

import pytest

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "molam_sdk.testing.plugin", "-p", "no:cacheprovider")
HERE = {"PYTHONPATH": os.pathsep.join(sys.path)}
CALL = """
    import pytest
    from molam_sdk import MolamClient, errors

    KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"

    def call(key=KEY):
        with MolamClient(api_key=key, api_base="https://molam.invalid", deadline=0.5, max_retries=0) as client:
            client.balance.retrieve()
"""


def run(pytester: pytest.Pytester, *arguments: str, **outcomes: int) -> str:
    result = pytester.runpytest_inprocess(*PLUGIN, *arguments)
    result.assert_outcomes(**outcomes)
    return str(result.stdout)


def test_the_guard_is_on_by_default_and_a_marker_relaxes_it_for_one_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
    def test_blocked():
        with pytest.raises(errors.CallBlockedError):
            call()

    @pytest.mark.molam_network
    def test_any_host():
        with pytest.raises(errors.NetworkError):
            call()

    @pytest.mark.molam_network("molam.invalid")
    def test_this_host():
        with pytest.raises(errors.NetworkError):
            call()

    @pytest.mark.molam_network("other.invalid")
    def test_another_host():
        with pytest.raises(errors.CallBlockedError, match="molam.invalid"):
            call()

    def test_blocked_again():
        with pytest.raises(errors.CallBlockedError):
            call()

    @pytest.mark.molam_network
    def test_live_key():
        with pytest.raises(errors.CallBlockedError, match="live key"):
            call("sk_live_4eC39HqLyjWDarjtT1zdp7dc")

    @pytest.mark.molam_network(live=True)
    def test_live_key_on_purpose():
        with pytest.raises(errors.NetworkError):
            call("sk_live_4eC39HqLyjWDarjtT1zdp7dc")

    @pytest.mark.molam_network(life=True)
    def test_misspelt():
        pass
    """
    )
    assert "takes names of hosts and live=True or False" in run(pytester, "--strict-markers", passed=7, errors=1)


def test_calls_while_tests_are_imported_are_blocked(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        CALL + "\n    try:\n        call()\n    except errors.CallBlockedError:\n        blocked = True\n"
    )
    pytester.makepyfile(
        CALL + "\n    def test_conftest(pytestconfig):\n        import conftest\n        assert conftest.blocked\n"
    )
    run(pytester, "--import-mode=prepend", passed=1)


@pytest.mark.parametrize(
    ("ini", "error"),
    [
        ("molam_guard = off", "NetworkError"),
        ("molam_guard_hosts = other.example *.invalid", "NetworkError"),
        ("molam_guard_hosts = other.example", "CallBlockedError"),
        ("molam_guard = on", "CallBlockedError"),
    ],
)
def test_the_ini_file_says_what_is_allowed_to_all(pytester: pytest.Pytester, ini: str, error: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile(
        CALL + f"\n    def test_call():\n        with pytest.raises(errors.{error}):\n            call()\n"
    )
    run(pytester, "--strict-config", passed=1)


def test_another_word_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmolam_guard = no\n")
    result = pytester.runpytest_inprocess(*PLUGIN)
    assert "the ini option molam_guard must be on or off" in f"{result.stdout}{result.stderr}"


def test_workers_of_xdist_are_guarded(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL + "\n    def test_call():\n        with pytest.raises(errors.CallBlockedError):\n            call()\n"
    )
    shown = _in_a_process(pytester, "-p", "xdist", "-n", "1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert " 1 passed in " in shown


def test_a_project_without_molam_loads_next_to_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import json
        import sys

        def test_loaded():
            mine = sorted(name for name in sys.modules if name.startswith("molam"))
            other = sorted({"httpx", "attr", "h11", "asyncio", "ssl", "sqlalchemy"} & sys.modules.keys())
            print("loaded:", json.dumps([mine, other]))
        """
    )
    result = _in_a_process(pytester, "-s", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    line = next(line for line in result.splitlines() if line.partition("loaded:")[1])
    mine, other = json.loads(line.partition("loaded:")[2])
    assert mine == [
        "molam_sdk",
        "molam_sdk._guard",
        "molam_sdk._version",
        "molam_sdk.testing",
        "molam_sdk.testing.plugin",
    ]
    assert other == []


def _in_a_process(pytester: pytest.Pytester, *arguments: str, **environment: str) -> str:
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("MOLAM_GUARD", raising=False)
        for name, value in (HERE | environment).items():
            patched.setenv(name, value)
        return str(pytester.runpytest_subprocess(*PLUGIN, *arguments, timeout=50).stdout)


def test_each_test_has_a_sandbox_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from datetime import UTC, datetime, timedelta

        import pytest
        from molam_sdk import errors

        @pytest.fixture(params=[1, 2])
        def anew(request):
            return request.param

        def test_isolation(anew, molam_client, molam_clock, molam_faults, molam_sandbox):
            assert list(molam_client.payment_intents.list()) == []
            assert list(molam_client.webhook_endpoints.list()) == []
            assert molam_clock.now - datetime.now(UTC) < timedelta(seconds=5)
            assert molam_client.with_raw_response.balance.retrieve().attempts == 1
            intent = molam_client.payment_intents.create(
                amount=2500, currency="USD", payment_method="pm_cpay_async_ok", confirm=True
            )
            molam_clock.advance(timedelta(days=1))
            assert molam_client.payment_intents.retrieve(intent.id).status == "succeeded"
            molam_client.webhook_endpoints.create(url="http://127.0.0.1:9/", enabled_events=["*"])
            molam_faults.refuse(times=3)

        async def pay(client):
            async with client:
                return await client.payment_intents.create(amount=100, currency="XOF")

        def test_async_client(molam_async_client, molam_client):
            import asyncio
            made = asyncio.run(pay(molam_async_client))
            assert molam_client.payment_intents.retrieve(made.id).amount == 100

        def test_environment(molam_environment):
            from molam_sdk import MolamClient
            with MolamClient() as client:
                assert client.account.retrieve().livemode is False

        @pytest.fixture
        def molam_webhook_secret():
            return "whsec_bXkgb3duIHNlY3JldA=="

        def test_one_secret(molam_webhooks, molam_client, molam_sandbox):
            assert molam_sandbox.webhook_secret == molam_webhooks.secret == "whsec_bXkgb3duIHNlY3JldA=="
            made = molam_webhooks.make("refund.updated")
            assert molam_client.construct_event(made.signature, made.body).type_ == "refund.updated"
        """
    )
    run(pytester, "-W", "error", passed=5)


def test_a_test_does_not_inherit_an_open_breaker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from molam_sdk import MolamClient, errors
        from molam_sdk.testing import ScriptedTransport, failing

        @pytest.mark.parametrize("turn", [1, 2])
        def test_outage(turn):
            with ScriptedTransport(*[failing("connect")] * 10) as script:
                client = MolamClient(api_key="sk_test_x", transport=script, max_retries=0)
                for _ in range(10):
                    with pytest.raises(errors.NetworkError, match="connect"):
                        client.balance.retrieve()
            with pytest.raises(errors.CircuitOpenError):
                client.balance.retrieve()
        """
    )
    run(pytester, passed=2)


def test_without_the_extra_the_message_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(molam_client):
            pass
        """
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(__import__("sys").modules, "molam_gateway.embedded", None)
        shown = run(pytester, errors=1)
    assert "pip install 'molam-sdk-python[sandbox]'" in shown
    assert "Traceback" not in shown


def test_the_fixtures_are_listed_with_what_they_do(pytester: pytest.Pytester) -> None:
    shown = str(pytester.runpytest_inprocess(*PLUGIN, "--fixtures").stdout)
    for name in ("sandbox", "client", "async_client", "clock", "faults", "webhooks", "environment", "mock"):
        assert f"molam_{name} -- " in shown
