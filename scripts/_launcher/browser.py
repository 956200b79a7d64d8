"""Finds the browser that the dashboard's tests drive, or installs it where that can be done without asking."""

import os
import shutil
import subprocess

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "chromium-driver")
_PATIENCE = 300.0


def prepare() -> bool:
    """Whether there is a browser with its driver; in CI, as root on Debian, both are installed if need be."""
    if _is_there():
        return True
    if os.environ.get("CI") and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Installing {' and '.join(_PACKAGES)} ...", flush=True)
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES)
    return _is_there()


def _is_there() -> bool:
    return any(map(shutil.which, _BROWSERS)) and shutil.which("chromedriver") is not None


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return
