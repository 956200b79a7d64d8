from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.payment_list import PaymentList
from ...models.payment_status import PaymentStatus
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    provider: str | Unset = UNSET,
    status: PaymentStatus | Unset = UNSET,
    customer_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/payments",
    }

    params: dict[str, Any] = {}
    if not isinstance(provider, Unset):
        params["provider"] = provider

    if not isinstance(status, Unset):
        params["status"] = status.value

    if not isinstance(customer_id, Unset):
        params["customer_id"] = customer_id

    if not isinstance(page, Unset):
        params["page"] = page

    if not isinstance(limit, Unset):
        params["limit"] = limit

    if params:
        _kwargs["params"] = params

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PaymentList | Problem | None:
    if response.status_code == 200:
        response_200 = PaymentList.from_dict(response.json())

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
) -> Response[PaymentList | Problem]:
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
    provider: str | Unset = UNSET,
    status: PaymentStatus | Unset = UNSET,
    customer_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PaymentList | Problem]:
    """List payments

     Gives the account's payments by pages, newest first. Payments that arrive meanwhile move the others
    to later pages.

    Args:
        provider (str | Unset):
        status (PaymentStatus | Unset): Status of a payment. `pending`: not sent yet.
            `processing`: sent; the customer may have to act, or the outcome is not known yet.
            `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
            `refunded`: paid, and given back in part or wholly. `canceled`: given up.
        customer_id (str | Unset):
        page (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PaymentList | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        status=status,
        customer_id=customer_id,
        page=page,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    provider: str | Unset = UNSET,
    status: PaymentStatus | Unset = UNSET,
    customer_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PaymentList | Problem | None:
    """List payments

     Gives the account's payments by pages, newest first. Payments that arrive meanwhile move the others
    to later pages.

    Args:
        provider (str | Unset):
        status (PaymentStatus | Unset): Status of a payment. `pending`: not sent yet.
            `processing`: sent; the customer may have to act, or the outcome is not known yet.
            `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
            `refunded`: paid, and given back in part or wholly. `canceled`: given up.
        customer_id (str | Unset):
        page (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PaymentList | Problem
    """

    return sync_detailed(
        client=client,
        provider=provider,
        status=status,
        customer_id=customer_id,
        page=page,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    provider: str | Unset = UNSET,
    status: PaymentStatus | Unset = UNSET,
    customer_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PaymentList | Problem]:
    """List payments

     Gives the account's payments by pages, newest first. Payments that arrive meanwhile move the others
    to later pages.

    Args:
        provider (str | Unset):
        status (PaymentStatus | Unset): Status of a payment. `pending`: not sent yet.
            `processing`: sent; the customer may have to act, or the outcome is not known yet.
            `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
            `refunded`: paid, and given back in part or wholly. `canceled`: given up.
        customer_id (str | Unset):
        page (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PaymentList | Problem]
    """

    kwargs = _get_kwargs(
        provider=provider,
        status=status,
        customer_id=customer_id,
        page=page,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    provider: str | Unset = UNSET,
    status: PaymentStatus | Unset = UNSET,
    customer_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PaymentList | Problem | None:
    """List payments

     Gives the account's payments by pages, newest first. Payments that arrive meanwhile move the others
    to later pages.

    Args:
        provider (str | Unset):
        status (PaymentStatus | Unset): Status of a payment. `pending`: not sent yet.
            `processing`: sent; the customer may have to act, or the outcome is not known yet.
            `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
            `refunded`: paid, and given back in part or wholly. `canceled`: given up.
        customer_id (str | Unset):
        page (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PaymentList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            provider=provider,
            status=status,
            customer_id=customer_id,
            page=page,
            limit=limit,
        )
    ).parsed
