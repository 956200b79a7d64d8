"""`molam-gateway settings`: prints what the environment comes to, as lines that an environment file may hold."""

import argparse
import os
import sys

from .. import environment
from ..configuration import MASK, SettingError, example, livemode_from, settings_from, shown, unknown, variable
from .exits import REFUSED, fail


def run(options: argparse.Namespace) -> int:
    """Print; returns the exit status: 2 for variables that cannot be read."""
    if options.example:
        sys.stdout.write(example())
        return 0
    try:
        settings = settings_from(os.environ, livemode=options.live or livemode_from(os.environ))
    except SettingError as error:
        return fail(error, REFUSED)
    lines = [(environment.MODE, "live" if settings.livemode else "sandbox")]
    for name in environment.LAUNCH:
        value = os.environ.get(name, "")
        if name != environment.MODE:
            lines.append((name, MASK if value and name in environment.SECRETS else value))
    given = bool(os.environ.get(environment.PUBLIC_URL))
    for name, value, _ in shown(settings):
        lines.append((name, "" if name == variable("public_url") and not given else value))
    sys.stdout.writelines(f"{name}={value}\n" for name, value in lines)
    for name in unknown(os.environ):
        sys.stderr.write(f"molam-gateway: {name} is no setting: is it misspelt?\n")
    return 0
