"""Receives webhooks: verified, kept in the database, and only then answered with 2xx."""

from __future__ import annotations

import logging

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ...errors import SignatureError, StorageError, UnexpectedResponseError, ValidationError
from ._inboxes import inbox

__all__ = ["webhook", "webhook_async"]

_log = logging.getLogger("molam_sdk.contrib.django")


def _answer(request: HttpRequest, tenant: str | None) -> HttpResponse:
    try:
        inbox().receive(request.headers.get("Molam-Signature"), request.body, tenant=tenant)
    except SignatureError as error:
        _log.warning("a webhook was refused: %s", error.reason)
        return HttpResponse(status=400)
    except (UnexpectedResponseError, ValidationError, UnreadablePostError) as error:
        _log.warning("a webhook was refused: %s", type(error).__name__)
        return HttpResponse(status=400)
    except RequestDataTooBig:
        _log.warning("a webhook was refused: it is larger than DATA_UPLOAD_MAX_MEMORY_SIZE")
        return HttpResponse(status=413)
    except StorageError as error:
        _log.error("a webhook could not be kept, and will come again: %s", error)
        return HttpResponse(status=503)
    return HttpResponse(status=204)


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_POST
def webhook(request: HttpRequest, tenant: str | None = None) -> HttpResponse:
    """Answer 204 once the event is kept, 400 for what is not proven authentic, 503 if it cannot be kept."""
    return _answer(request, tenant)


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_POST
async def webhook_async(request: HttpRequest, tenant: str | None = None) -> HttpResponse:
    """The same for a project that is served over ASGI; only the database is waited for in a thread."""
    return await sync_to_async(_answer)(request, tenant)
