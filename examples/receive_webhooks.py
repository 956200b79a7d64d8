"""Receive webhooks with nothing but the standard library; in a framework the function `answer` stays the same.

MOLAM_API_KEY=sk_test_... MOLAM_WEBHOOK_SECRET=whsec_... python examples/receive_webhooks.py 8000
"""

import argparse
import contextlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from molam_api.models import PaymentIntent
from molam_sdk import MolamClient, errors

client = MolamClient()
handled: set[str] = set()


def answer(signature_header: str | None, raw_body: bytes) -> int:
    """Return the status to answer with; anything but 2xx is delivered again later."""
    try:
        event = client.construct_event(signature_header, raw_body)
    except errors.SignatureError as error:
        print(f"refused: {error.reason}", flush=True)
        return 400
    if event.id not in handled:
        handled.add(event.id)
        if event.type_ == "payment_intent.succeeded" and isinstance(event.data.object_, PaymentIntent):
            print(f"paid: {event.data.object_.id}", flush=True)
    return 204


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        raw_body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(answer(self.headers.get("Molam-Signature"), raw_body))
        self.end_headers()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int, nargs="?", default=8000, help="0 for a free one (default: %(default)s)")
    with ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
