"""Runs the walk against a sandbox of its own: python -m _demo PATH_OF_MOLAM_GATEWAY LOG_FILE."""

import asyncio
import sys
import time
from pathlib import Path

from _demo import with_async_client, with_sync_client
from _demo.receiver import listening
from _demo.sandbox import SandboxError, running
from _demo.telling import WrongResultError
from molam_sdk import errors


def main(command: Path, log: Path) -> int:
    begun = time.monotonic()
    try:
        with running(command, log) as sandbox, listening() as receiver:
            print(f"\nmolam-gateway {sandbox.version}, a sandbox on SQLite, listens on {sandbox.url}, its log is {log}")
            checked = with_sync_client.walk(sandbox, receiver)
            checked += asyncio.run(with_async_client.walk(sandbox, receiver))
    except (WrongResultError, SandboxError, errors.MolamError, TimeoutError) as error:
        print(f"\nFAILED: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"\nAll {checked} results are as the API promises ({time.monotonic() - begun:.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
