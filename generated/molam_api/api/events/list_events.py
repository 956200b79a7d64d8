from __future__ import annotations

import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.event_list import EventList
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    type_: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/events",
    }

    params: dict[str, Any] = {}
    if not isinstance(type_, Unset):
        params["type"] = type_

    if not isinstance(object_id, Unset):
        params["object_id"] = object_id

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
) -> EventList | Problem | None:
    if response.status_code == 200:
        response_200 = EventList.from_dict(response.json())

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
) -> Response[EventList | Problem]:
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
    type_: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Response[EventList | Problem]:
    """List events

     Gives the account's events, newest first.

    Args:
        type_ (str | Unset):
        object_id (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventList | Problem]
    """

    kwargs = _get_kwargs(
        type_=type_,
        object_id=object_id,
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
    type_: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> EventList | Problem | None:
    """List events

     Gives the account's events, newest first.

    Args:
        type_ (str | Unset):
        object_id (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventList | Problem
    """

    return sync_detailed(
        client=client,
        type_=type_,
        object_id=object_id,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        created_at_gte=created_at_gte,
        created_at_lte=created_at_lte,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    type_: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> Response[EventList | Problem]:
    """List events

     Gives the account's events, newest first.

    Args:
        type_ (str | Unset):
        object_id (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventList | Problem]
    """

    kwargs = _get_kwargs(
        type_=type_,
        object_id=object_id,
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
    type_: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
    created_at_gte: datetime.datetime | Unset = UNSET,
    created_at_lte: datetime.datetime | Unset = UNSET,
) -> EventList | Problem | None:
    """List events

     Gives the account's events, newest first.

    Args:
        type_ (str | Unset):
        object_id (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):
        created_at_gte (datetime.datetime | Unset):
        created_at_lte (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            type_=type_,
            object_id=object_id,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=created_at_gte,
            created_at_lte=created_at_lte,
        )
    ).parsed
