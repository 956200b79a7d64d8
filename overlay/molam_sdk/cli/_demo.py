"""`molam demo`: a payment from its creation to its refund, in the sandbox, with what became of each step."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import typer

from ._options import ApiBase, ApiKey, AsJson

if TYPE_CHECKING:
    from ._connection import Target
    from ._output import Output


def demo(api_key: ApiKey = None, api_base: ApiBase = None, as_json: AsJson = False) -> None:
    """Move test money: pay, repeat, decline, refund, verify a webhook. Starts a sandbox if none is there."""
    from ..errors import ConfigurationError
    from ._connection import client_of
    from ._exits import Exit
    from ._gateway_process import terminated_like_interrupted
    from ._output import Output
    from ._walk import Walk

    with Output(as_json) as out, ExitStack() as opened:
        opened.enter_context(terminated_like_interrupted())
        to = _target(out, opened, api_key, api_base)
        client = opened.enter_context(client_of(to))
        account = None if client.config.livemode else client.account.retrieve()
        if account is None or account.livemode:
            raise ConfigurationError("the demo moves test money only: use a key that begins with sk_test_")
        out.note(f"account {account.id} on {client.config.base_url()}")
        walk = Walk(client, to.webhook_secret or "whsec_demo", out.note)
        walk.run()
        done = all(step.right for step in walk.steps)
        steps = [{"name": step.name, "result": step.result, "right": step.right, "ms": step.ms} for step in walk.steps]
        out.document({"object": "demo", "ok": done, "payment_intent": walk.payment_id, "steps": steps})
        rows = (("ok" if step.right else "WRONG", step.name, step.result, f"{step.ms} ms") for step in walk.steps)
        out.table(("", "step", "result", "time"), rows)
        out.words("All as promised." if done else "Something is not as promised.", "bold green" if done else "bold red")
        raise typer.Exit(Exit.OK if done else Exit.FAILED_CHECK)


def _target(out: Output, opened: ExitStack, api_key: str | None, api_base: str | None) -> Target:
    """The API that is named or runs here, else a sandbox of its own for as long as the demo takes."""
    from ._connection import Target, target
    from ._exits import NoKeyError
    from ._gateway_process import gateway, is_installed
    from ._running_sandbox import RunningSandbox

    try:
        return target(api_key, api_base)
    except NoKeyError:
        if api_base is not None or not is_installed():
            raise
    out.note("no key and no sandbox: starting one for this demo")
    process, told = opened.enter_context(gateway(["--port", "0", "--log-level", "error"]))
    started = RunningSandbox(told["url"], told["api_key"], told["webhook_secret"], process.pid)
    return Target(started.api_key, started.url, started)
