"""`molam-gateway` as stories run it: with CPay over HTTP, failpoints that are counted, and a defect if one is planted.

python -m tests.chaos.program serve ...
"""

import os
import sys
from dataclasses import replace
from typing import Any

from molam_gateway import app, cli, failpoints
from molam_gateway.providers.cpay_http import NAME, CPayHttp
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.providers.registry import Providers, Simulated
from molam_gateway.sandbox_providers import sandbox_providers
from tests.chaos import cpay_service
from tests.chaos.planted import DEFECTS, substitute
from tests.chaos.variables import DEFECT, TABLES, TALLY


def _with_cpay(store: Any, now: Any, *others: Any) -> Providers:
    made = sandbox_providers(store, now, *others)
    url = made.simulated["stripe"].base_url.replace("/stripe", f"/{NAME}")
    cpay = CPayHttp(ProviderHttp(NAME), url, lambda: float(now().timestamp()))
    simulated = Simulated(url, lambda: ({}, cpay_service.SECRETS))
    return replace(made, by_name={**made.by_name, NAME: cpay}, simulated={**made.simulated, NAME: simulated})


def _count(path: str) -> None:
    """Write each point down before anything happens there."""
    tally, reach = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), failpoints.reach

    def reached(name: str) -> None:
        os.write(tally, f"{name}\n".encode())
        reach(name)

    substitute(failpoints, reach=reached)


if TABLES in os.environ:
    cpay_service.offer()
substitute(app, sandbox_providers=_with_cpay)
if TALLY in os.environ:
    _count(os.environ[TALLY])
if DEFECT in os.environ:
    DEFECTS[os.environ[DEFECT]]()

if __name__ == "__main__":  # the workers of a supervisor only read what is above
    sys.exit(cli.main(sys.argv[1:]))
