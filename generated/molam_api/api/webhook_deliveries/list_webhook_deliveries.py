from __future__ import annotations

import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.webhook_delivery_list import WebhookDeliveryList
from ...models.webhook_delivery_status import WebhookDeliveryStatus
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    endpoint_id: str | Unset = UNSET,
    event_id: str | Unset = UNSET,
    status: WebhookDeliveryStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/webhook_deliveries",
    }

    params: dict[str, Any] = {}
    if not isinstance(endpoint_id, Unset):
        params["endpoint_id"] = endpoint_id

    if not isinstance(event_id, Unset):
        params["event_id"] = event_id

    if not isinstance(status, Unset):
        params["status"] = status.value

    if not isinstance(limit, Unset):
        params["limit"] = limit

    if not isinstance(starting_after, Unset):
        params["starting_after"] = starting_after

    if not isinstance(ending_before, Unset):
        params["ending_before"] = ending_before

    if not isinstance(created_at_gte, Unset):
        params["created_at_gte"] = created_at_gte.isoformat()

    if not isinstance(created_at_lte, Unset):
        params["created_at_lte"] = created_at_lte.isoformat()

    if params:
        _kwargs["params"] = params

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | WebhookDeliveryList | None:
    if response.status_code == 200:
        response_200 = WebhookDeliveryList.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        from ...models.problem import Problem

        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        from ...models.problem import Problem

        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        from ...models.problem import Problem

        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        from ...models.problem import Problem

        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        from ...models.problem import Problem

        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        from ...models.problem import Problem

        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        from ...models.problem import Problem

        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        from ...errors import UnexpectedStatus

        raise UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | WebhookDeliveryList]:
    try:
        status_code = HTTPStatus(response.status_code)
    except ValueError:
        status_code = cast(HTTPStatus, response.status_code)
    return Response(
        status_code=status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    endpoint_id: str | Unset = UNSET,
    event_id: str | Unset = UNSET,
    status: WebhookDeliveryStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Response[Problem | WebhookDeliveryList]:
    """List webhook deliveries

     Gives the account's deliveries of events to endpoints, newest first, without their attempts.

    Args:
        endpoint_id (str | Unset):
        event_id (str | Unset):
        status (WebhookDeliveryStatus | Unset): `pending` before the first attempt, `retrying`
            between attempts; `delivered`, `dead_letter` (given up after failures) and `canceled` (the
            endpoint was disabled or deleted) at the end.
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhookDeliveryList]
    """

    kwargs = _get_kwargs(
        endpoint_id=endpoint_id,
        event_id=event_id,
        status=status,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        created_at_gte=created_at_gte,
        created_at_lte=created_at_lte,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    endpoint_id: str | Unset = UNSET,
    event_id: str | Unset = UNSET,
    status: WebhookDeliveryStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Problem | WebhookDeliveryList | None:
    """List webhook deliveries

     Gives the account's deliveries of events to endpoints, newest first, without their attempts.

    Args:
        endpoint_id (str | Unset):
        event_id (str | Unset):
        status (WebhookDeliveryStatus | Unset): `pending` before the first attempt, `retrying`
            between attempts; `delivered`, `dead_letter` (given up after failures) and `canceled` (the
            endpoint was disabled or deleted) at the end.
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhookDeliveryList
    """

    return sync_detailed(
        client=client,
        endpoint_id=endpoint_id,
        event_id=event_id,
        status=status,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        created_at_gte=created_at_gte,
        created_at_lte=created_at_lte,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    endpoint_id: str | Unset = UNSET,
    event_id: str | Unset = UNSET,
    status: WebhookDeliveryStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Response[Problem | WebhookDeliveryList]:
    """List webhook deliveries

     Gives the account's deliveries of events to endpoints, newest first, without their attempts.

    Args:
        endpoint_id (str | Unset):
        event_id (str | Unset):
        status (WebhookDeliveryStatus | Unset): `pending` before the first attempt, `retrying`
            between attempts; `delivered`, `dead_letter` (given up after failures) and `canceled` (the
            endpoint was disabled or deleted) at the end.
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WebhookDeliveryList]
    """

    kwargs = _get_kwargs(
        endpoint_id=endpoint_id,
        event_id=event_id,
        status=status,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        created_at_gte=created_at_gte,
        created_at_lte=created_at_lte,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    endpoint_id: str | Unset = UNSET,
    event_id: str | Unset = UNSET,
    status: WebhookDeliveryStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Problem | WebhookDeliveryList | None:
    """List webhook deliveries

     Gives the account's deliveries of events to endpoints, newest first, without their attempts.

    Args:
        endpoint_id (str | Unset):
        event_id (str | Unset):
        status (WebhookDeliveryStatus | Unset): `pending` before the first attempt, `retrying`
            between attempts; `delivered`, `dead_letter` (given up after failures) and `canceled` (the
            endpoint was disabled or deleted) at the end.
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WebhookDeliveryList
    """

    return (
        await asyncio_detailed(
            client=client,
            endpoint_id=endpoint_id,
            event_id=event_id,
            status=status,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=created_at_gte,
            created_at_lte=created_at_lte,
        )
    ).parsed
