from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.create_realtime_ticket_request import CreateRealtimeTicketRequest
from ...models.realtime_ticket import RealtimeTicket
from ...types import Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    body: CreateRealtimeTicketRequest,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/auth/ticket",
    }

    headers: dict[str, Any] = {"Content-Type": "application/json"}
    _kwargs["json"] = body.to_dict()
    if headers:
        _kwargs["headers"] = headers

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RealtimeTicket | None:
    if response.status_code == 201:
        response_201 = RealtimeTicket.from_dict(response.json())

        return response_201

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

    if response.status_code == 413:
        from ...models.problem import Problem

        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        from ...models.problem import Problem

        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[Problem | RealtimeTicket]:
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
    body: CreateRealtimeTicketRequest,
) -> Response[Problem | RealtimeTicket]:
    """Create a ticket

     Makes a ticket that opens one WebSocket, on one channel, within 60 seconds. For browsers, which
    cannot send an Authorization header with the handshake; it goes into the query as `ticket`.

    Args:
        body (CreateRealtimeTicketRequest): Which channel the ticket opens.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RealtimeTicket]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: CreateRealtimeTicketRequest,
) -> Problem | RealtimeTicket | None:
    """Create a ticket

     Makes a ticket that opens one WebSocket, on one channel, within 60 seconds. For browsers, which
    cannot send an Authorization header with the handshake; it goes into the query as `ticket`.

    Args:
        body (CreateRealtimeTicketRequest): Which channel the ticket opens.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RealtimeTicket
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CreateRealtimeTicketRequest,
) -> Response[Problem | RealtimeTicket]:
    """Create a ticket

     Makes a ticket that opens one WebSocket, on one channel, within 60 seconds. For browsers, which
    cannot send an Authorization header with the handshake; it goes into the query as `ticket`.

    Args:
        body (CreateRealtimeTicketRequest): Which channel the ticket opens.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RealtimeTicket]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CreateRealtimeTicketRequest,
) -> Problem | RealtimeTicket | None:
    """Create a ticket

     Makes a ticket that opens one WebSocket, on one channel, within 60 seconds. For browsers, which
    cannot send an Authorization header with the handshake; it goes into the query as `ticket`.

    Args:
        body (CreateRealtimeTicketRequest): Which channel the ticket opens.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RealtimeTicket
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
