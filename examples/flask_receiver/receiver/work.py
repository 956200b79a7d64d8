"""Works at the events in the inbox until it is told to end: `python -m receiver.work`."""

from __future__ import annotations

import signal
import threading

from . import orders

stop = threading.Event()


def told_to_end(*_: object) -> None:
    stop.set()


if __name__ == "__main__":
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, told_to_end)
    orders.prepare()
    print("working at webhooks", flush=True)
    orders.inbox.run(stop, poll=0.2)
    orders.engine.dispose()
