"""The extension: for each application a client, and a blueprint that receives its webhooks."""

from __future__ import annotations

import inspect
import weakref
from typing import TYPE_CHECKING

from attrs import frozen
from flask import Blueprint, Response, current_app, has_app_context, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from ... import MolamClient, webhooks
from ..._front_door import front_door
from ...errors import ConfigurationError
from .._handlers import Handlers
from .._receiving import REFUSED, refusal, secret_of, too_large
from ._settings import Settings, read_settings

if TYPE_CHECKING:
    from flask import Flask

    from molam_api.models import Event

    from ...durable import Inbox

_NAME = "molam"


@frozen(repr=False)
class _State:
    settings: Settings
    client: MolamClient | None
    inbox: Inbox | None


class Molam(Handlers):
    """Molam in one application or, with `init_app`, in several.

        molam = Molam()

        @molam.on("payment_intent.succeeded")
        def paid(event: Event, intent: PaymentIntent) -> None: ...

        def create_app() -> Flask:
            app = Flask(__name__)
            molam.init_app(app)
            return app

    Args:
        app: As `init_app` takes it, and so the inbox.
        inbox: See `init_app`.

    Attributes:
        blueprint: The one with the route, to exempt it from CSRF protection.

    Raises:
        ConfigurationError: The application's configuration cannot work.
    """

    @front_door
    def __init__(self, app: Flask | None = None, *, inbox: Inbox | None = None) -> None:
        super().__init__()
        self._has_inbox = False
        self.blueprint = Blueprint(_NAME, __name__)
        self.blueprint.add_url_rule("", "webhook", self._webhook, methods=["POST"])
        if app is not None:
            self.init_app(app, inbox=inbox)

    @front_door
    def init_app(self, app: Flask, *, inbox: Inbox | None = None) -> None:
        """Read the application's configuration, make its client and register the route for webhooks.

        The client serves all threads, also after a fork, and is closed when the process or the application ends.

        Args:
            app: With the keys `MOLAM_...` in its `config`: every option of `Config`, and `MOLAM_WEBHOOK_PATH`
                (`/webhooks/molam`; None for no route), `MOLAM_WEBHOOK_TOLERANCE` and `MOLAM_WEBHOOK_MAX_BODY`.
            inbox: Keeps the events instead, and has its own functions and secrets.

        Raises:
            ConfigurationError: A key is none or cannot work, or the application has the extension already.
        """
        if _NAME in app.extensions:
            raise ConfigurationError("the application has this extension already")
        if inbox is not None and self._registered:
            raise ConfigurationError("with an inbox functions are registered with inbox.on")
        settings, config = read_settings(app.config)
        client = None if config.api_key is None else MolamClient(config)
        if client is not None:
            weakref.finalize(app, client.close)
        self._has_inbox = self._has_inbox or inbox is not None
        app.extensions[_NAME] = _State(settings, client, inbox)
        if settings.webhook_path is not None:
            app.register_blueprint(self.blueprint, url_prefix=settings.webhook_path)

    @property
    @front_door
    def client(self) -> MolamClient:
        """The client of the current application.

        Raises:
            ConfigurationError: There is no current application, it has no `init_app`, or no API key.
        """
        client = _state().client
        if client is None:
            raise ConfigurationError("no API key is known: configure MOLAM_API_KEY, or set it in the environment")
        return client

    @front_door
    def _webhook(self, tenant: str | None = None) -> Response:
        """Answer 204 once the event is handled or kept, else as the guide says."""
        state = _state()
        limit = state.settings.webhook_max_body
        limit = min(limit, request.max_content_length or limit)
        try:
            body = _body(limit)
        except BadRequest:  # the sender has gone
            return Response(status=400)
        if body is None:
            return Response(status=too_large(limit))
        header = request.headers.get("Molam-Signature")
        event: Event | None = None
        try:
            if state.inbox is not None:
                state.inbox.receive(header, body, tenant=tenant)
            else:
                secret = secret_of(state.settings.options.get("webhook_secret"))
                tolerance = state.settings.webhook_tolerance
                event = webhooks.construct_event(header, body, secret, tolerance=tolerance)
        except REFUSED as error:
            return Response(status=refusal(error))
        if event is not None:
            for handler in self._chosen(event):
                handler(event, event.data.object_)
        return Response(status=204)

    def _check_types(self, types: tuple[object, ...]) -> None:
        if self._has_inbox:
            raise ConfigurationError("with an inbox functions are registered with inbox.on")
        super()._check_types(types)

    def _check_handler(self, handler: object) -> None:
        super()._check_handler(handler)
        if inspect.iscoroutinefunction(handler):
            raise ConfigurationError("what handles events in Flask must be `def`, not `async def`")


def _body(limit: int) -> bytes | None:
    """Return the bytes of the request, None if they are more than the limit.

    Werkzeug cuts a body without a length at its limit and says nothing, hence the one more.
    """
    request.max_content_length = limit + 1
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= limit else None


def _state() -> _State:
    state: object = current_app.extensions.get(_NAME) if has_app_context() else None
    if not isinstance(state, _State):
        raise ConfigurationError(
            "there is no application with Molam here: call molam.init_app(app), and outside of requests enter "
            "app.app_context()"
        )
    return state
