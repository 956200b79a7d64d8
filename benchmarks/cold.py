"""Cold start: import, client and first call in a fresh process each, and the modules loaded by then."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.answers import API_KEY, CREATE_BODY
from benchmarks.cores import pin_client
from benchmarks.worker import PEERS

TIME_BAR = 1.4
MODULES_BAR = 260

_BEFORE = "import sys, time; begun = time.process_time()\n"
_AFTER = "\nprint(time.process_time() - begun, len(sys.modules))"
_SNIPPETS = {
    "httpx": (
        "import httpx\n"
        "client = httpx.Client()\n"
        f"client.post(URL + '/v1/connect/payment_intents', content={CREATE_BODY!r},"
        f" headers={{'Authorization': 'Bearer {API_KEY}', 'Content-Type': 'application/json'}})"
    ),
    "molam": (
        "from molam_sdk import MolamClient\n"
        f"client = MolamClient(api_key={API_KEY!r}, api_base=URL)\n"
        "client.payment_intents.create(amount=2500, currency='USD', metadata={'order_id': '12345'})"
    ),
    "stripe": (
        "import stripe\n"
        f"client = stripe.StripeClient({API_KEY!r}, base_addresses={{'api': URL}})\n"
        "client.v1.payment_intents.create({'amount': 2500, 'currency': 'USD'})"
    ),
    "openai": (
        "import openai\n"
        f"client = openai.OpenAI(api_key={API_KEY!r}, base_url=URL)\n"
        "client.chat.completions.create("
        "model='gpt-5', messages=[{'role': 'user', 'content': 'order 12345'}])"
    ),
    "svix": (
        "from svix.api import MessageIn, Svix, SvixOptions\n"
        f"client = Svix({API_KEY!r}, SvixOptions(server_url=URL))\n"
        "client.message.create('app_1', MessageIn(event_type='order', payload={'amount': 2500}))"
    ),
}


@dataclass(frozen=True)
class ColdStart:
    entrant: str
    ratio: float
    milliseconds: float
    modules: int


def _start(entrant: str, url: str) -> tuple[float, int] | None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    code = f"{_BEFORE}URL = {url!r}\n{_SNIPPETS[entrant]}{_AFTER}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=pin_client,
    )
    if done.returncode:
        if entrant in PEERS and f"ModuleNotFoundError: No module named '{entrant}" in done.stderr:
            return None
        raise RuntimeError(f"the first call of {entrant} failed:\n{done.stderr}")
    seconds, modules = done.stdout.split()
    return float(seconds), int(modules)


def cold_starts(url: str, rounds: int, *, peers: bool = True) -> list[ColdStart]:
    """Medians of per-round ratios to httpx; the first, unrecorded round writes the bytecode."""
    names = list(_SNIPPETS) if peers else ["httpx", "molam"]
    first = {name: _start(name, url) for name in names}
    present = [name for name, start in first.items() if start is not None]
    taken: list[dict[str, tuple[float, int]]] = []
    for _ in range(rounds):
        starts = {name: _start(name, url) for name in present}
        taken.append({name: start for name, start in starts.items() if start is not None})
    return [
        ColdStart(
            name,
            statistics.median(r[name][0] / r["httpx"][0] for r in taken),
            statistics.median(r[name][0] for r in taken) * 1e3,
            taken[-1][name][1],
        )
        for name in present
    ]
