"""A merchant's webhook receiver: a real HTTP server that keeps what arrives, byte for byte."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

PATIENCE = 15.0


class Delivery(NamedTuple):
    """One delivered event: the signature header, the raw body."""

    signature: str
    body: bytes


class Receiver:
    """What has arrived so far."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/webhooks"
        self._arrived: list[Delivery] = []
        self._changed = threading.Condition()

    def keep(self, delivery: Delivery) -> None:
        with self._changed:
            self._arrived.append(delivery)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Delivery], bool]) -> Delivery:
        """The first delivery that is wanted, now or soon; TimeoutError if none comes."""
        with self._changed:
            if not self._changed.wait_for(lambda: any(map(wanted, self._arrived)), PATIENCE):
                raise TimeoutError(f"no such webhook within {PATIENCE:.0f} s")
            return next(filter(wanted, self._arrived))


@contextmanager
def listening() -> Generator[Receiver, None, None]:
    """A receiver on a free port of the loopback, in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.keep(Delivery(self.headers["Molam-Signature"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet: the story says what arrived."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_port)
        thread = threading.Thread(target=server.serve_forever, name="webhook-receiver", daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
