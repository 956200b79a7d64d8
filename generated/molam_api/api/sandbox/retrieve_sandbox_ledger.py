from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.ledger_movement_list import LedgerMovementList
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    payment_intent: str | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/sandbox/ledger",
    }

    params: dict[str, Any] = {}
    if not isinstance(payment_intent, Unset):
        params["payment_intent"] = payment_intent

    if params:
        _kwargs["params"] = params

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> LedgerMovementList | Problem | None:
    if response.status_code == 200:
        response_200 = LedgerMovementList.from_dict(response.json())

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
) -> Response[LedgerMovementList | Problem]:
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
    payment_intent: str | Unset = UNSET,
) -> Response[LedgerMovementList | Problem]:
    """Retrieve the provider's ledger

     Gives the provider's own book, one row for each movement of money and all on one page.
    Authorizations and declines are not in it.

    Args:
        payment_intent (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerMovementList | Problem]
    """

    kwargs = _get_kwargs(
        payment_intent=payment_intent,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    payment_intent: str | Unset = UNSET,
) -> LedgerMovementList | Problem | None:
    """Retrieve the provider's ledger

     Gives the provider's own book, one row for each movement of money and all on one page.
    Authorizations and declines are not in it.

    Args:
        payment_intent (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerMovementList | Problem
    """

    return sync_detailed(
        client=client,
        payment_intent=payment_intent,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    payment_intent: str | Unset = UNSET,
) -> Response[LedgerMovementList | Problem]:
    """Retrieve the provider's ledger

     Gives the provider's own book, one row for each movement of money and all on one page.
    Authorizations and declines are not in it.

    Args:
        payment_intent (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LedgerMovementList | Problem]
    """

    kwargs = _get_kwargs(
        payment_intent=payment_intent,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    payment_intent: str | Unset = UNSET,
) -> LedgerMovementList | Problem | None:
    """Retrieve the provider's ledger

     Gives the provider's own book, one row for each movement of money and all on one page.
    Authorizations and declines are not in it.

    Args:
        payment_intent (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LedgerMovementList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            payment_intent=payment_intent,
        )
    ).parsed
