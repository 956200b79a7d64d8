"""`molam sandbox`: the gateway on this machine, with simulated providers, until Ctrl+C."""

from __future__ import annotations

from typing import Annotated

import typer

from ._options import AsJson


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it listens; 0 takes a free port.")] = 8080,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="Keep everything in sqlite:///FILE (default: forget it).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a sandbox here; other commands find it by themselves. Shows its test key, which is what it is for."""
    from ._gateway_process import gateway, stop, terminated_like_interrupted
    from ._output import Output
    from ._running_sandbox import RunningSandbox, announce, withdraw

    options = ["--port", str(port), "--log-level", "warning", *(["--database", database] if database else [])]
    with Output(as_json) as out, terminated_like_interrupted():
        try:
            with gateway(options) as (process, told):
                found = RunningSandbox(told["url"], told["api_key"], told["webhook_secret"], process.pid)
                announce(found)
                try:
                    out.line({"object": "sandbox", **told})
                    out.facts(
                        f"Molam sandbox {told['version']}",
                        [
                            ("MOLAM_API_BASE", found.url),
                            ("MOLAM_API_KEY", found.api_key),
                            ("MOLAM_WEBHOOK_SECRET", found.webhook_secret),
                            ("dashboard", told["admin_url"]),
                            ("database", told["database"]),
                        ],
                    )
                    out.note("Commands in other terminals find it. Ctrl+C stops it.", "dim")
                    status = process.wait()
                except KeyboardInterrupt:
                    status = stop(process)
                finally:
                    withdraw(found)
        except KeyboardInterrupt:
            status = 0  # before it had started, or again while it ended
        raise typer.Exit(status)
