"""Receives the webhooks of Molam and of shops: an order of a shop is paid through Molam, and marked as paid."""

from __future__ import annotations

from flask import Flask, abort

from molam_sdk import errors
from molam_sdk.contrib.flask import Molam, problem_response

from . import orders, shops

molam = Molam()


def create_app() -> Flask:
    """What gunicorn serves: `gunicorn --workers 2 --threads 4 "receiver:create_app()"`."""
    app = Flask(__name__)
    app.config["MOLAM_WEBHOOK_PATH"] = "/webhook/molam"  # keys and secrets are in the environment
    molam.init_app(app, inbox=orders.inbox)
    app.register_error_handler(errors.MolamError, problem_response)
    app.register_blueprint(shops.blueprint_for(molam))

    @app.get("/orders/<order>")
    def state(order: str) -> dict[str, str]:
        return {"order": order, "state": orders.state(order) or abort(404)}

    orders.prepare()
    return app
