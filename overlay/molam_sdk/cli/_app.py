"""Puts the commands together; what they need beyond their options is imported when one of them runs."""

from __future__ import annotations

from typing import Annotated

import typer

from . import _demo, _doctor, _events, _listen, _logs, _payments, _sandbox, _trigger, _webhooks


def _show_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(__version__)
        raise typer.Exit


def _molam(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Payments, webhooks and a sandbox from a terminal. Every command takes --json."""


app = typer.Typer(
    epilog="Exit status: 0 done, 1 unexpected, 2 usage, 3 refused or declined, 4 outcome unknown, "
    "5 key missing or not accepted, 6 no answer (nothing done), 7 a check failed, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(_molam)
for name, command in (
    ("create-payment", _payments.create_payment),
    ("get-payment", _payments.get_payment),
    ("confirm-payment", _payments.confirm_payment),
    ("create-refund", _payments.create_refund),
    ("demo", _demo.demo),
    ("sandbox", _sandbox.sandbox),
    ("listen", _listen.listen),
    ("trigger", _trigger.trigger),
    ("doctor", _doctor.doctor),
):
    app.command(name)(command)
for name, group in (("events", _events.app), ("webhooks", _webhooks.app), ("logs", _logs.app)):
    app.add_typer(group, name=name)
