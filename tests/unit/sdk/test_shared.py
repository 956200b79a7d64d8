"""Budgets and breakers are shared by the process, per host, and fresh in a forked child."""

from __future__ import annotations

import os
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from molam_sdk._calls.session import Session
from molam_sdk._shared import process
from molam_sdk.config import Config


def test_clients_of_one_host_share() -> None:
    assert process.budget("a:443", 500).take(14)
    assert process.budget("a:443", 500).tokens == 486
    assert process.breaker("https://a", mutating=True) is process.breaker("https://a", mutating=True)


def test_another_capacity_does_not_fill_the_bucket_again() -> None:
    assert process.budget("a:443", 14).take(14)
    assert not process.budget("a:443", 15).take(14)
    assert (process.budget("a:443", 0).tokens, process.budget("a:443", 20).tokens) == (0, 6)


def test_hosts_and_operation_classes_do_not() -> None:
    process.budget("a:443", 500).take(14)
    assert process.budget("b:443", 500).tokens == 500
    breakers = [process.breaker(host, mutating=mutating) for host in "ab" for mutating in (True, False)]
    assert len(set(map(id, breakers))) == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_starts_afresh() -> None:
    parent = process.budget("https://a", 500)
    parent.take(100)
    child = os.fork()
    if not child:
        os._exit(0 if process.budget("https://a", 500).tokens == 500 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert parent.tokens == 400


def a_session() -> Session:
    return Session(Config.resolve(api_key="sk_test_1", api_base="https://a.example"))


def test_the_calls_of_a_client_share_what_their_process_shares() -> None:
    session = a_session()
    for mutating in (True, False):
        route = session.route(mutating=mutating)
        assert route is session.route(mutating=mutating)
        assert route.breakers == (process.breaker("https://a.example", mutating=mutating),)
    session.route(mutating=True).budget.take(14)
    assert session.route(mutating=False).budget.tokens == process.budget("a.example:443", 500).tokens == 486


def test_a_client_begins_afresh_with_its_process() -> None:
    session = a_session()
    session.route(mutating=True).budget.take(14)
    process.reset()
    route = session.route(mutating=True)
    assert route.budget.tokens == 500
    assert route.breakers == (process.breaker("https://a.example", mutating=True),)


def test_a_client_for_one_region_or_with_other_rules_goes_its_own_way() -> None:
    session = Session(
        Config.resolve(api_key="sk_test_1", api_base="https://{region}.example", region="a", fallback_regions=("b",))
    )
    assert session.route(mutating=True).regions == ("https://a.example", "https://b.example")
    assert session.pinned(session.origins[1], 1.0).route(mutating=True).regions == ("https://b.example",)
    ruled = session.under(session.with_options(None, {"circuit_breaker": False}))
    assert ruled.route(mutating=True).breakers == (None, None)
    assert None not in session.route(mutating=True).breakers


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_client_begins_afresh_in_a_forked_child() -> None:
    session = a_session()
    session.route(mutating=True).budget.take(100)
    child = os.fork()
    if not child:
        os._exit(0 if session.route(mutating=True).budget.tokens == 500 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert session.route(mutating=True).budget.tokens == 400


def test_where_nothing_forks_nothing_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    spec = spec_from_file_location("molam_sdk._shared.elsewhere", process.__file__)
    assert spec is not None
    assert spec.loader is not None
    elsewhere = module_from_spec(spec)
    spec.loader.exec_module(elsewhere)
    assert elsewhere.budget("https://a", 500).tokens == 500
