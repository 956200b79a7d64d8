from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from ...models.provider_test import ProviderTest
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    name: str,
    *,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/providers/{name}/config/test".format(
            name=quote(str(name), safe=""),
        ),
    }

    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if headers:
        _kwargs["headers"] = headers

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ProviderTest | None:
    if response.status_code == 200:
        response_200 = ProviderTest.from_dict(response.json())

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

    if response.status_code == 409:
        from ...models.problem import Problem

        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        from ...models.problem import Problem

        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        from ...models.problem import Problem

        response_422 = Problem.from_dict(response.json())

        return response_422

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
) -> Response[Problem | ProviderTest]:
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
    name: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderTest]:
    """Test the configuration of a provider

     Asks the provider whether the configured credentials work. No money moves.

    Args:
        name (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderTest]
    """

    kwargs = _get_kwargs(
        name=name,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderTest | None:
    """Test the configuration of a provider

     Asks the provider whether the configured credentials work. No money moves.

    Args:
        name (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderTest
    """

    return sync_detailed(
        name=name,
        client=client,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderTest]:
    """Test the configuration of a provider

     Asks the provider whether the configured credentials work. No money moves.

    Args:
        name (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderTest]
    """

    kwargs = _get_kwargs(
        name=name,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderTest | None:
    """Test the configuration of a provider

     Asks the provider whether the configured credentials work. No money moves.

    Args:
        name (str):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderTest
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            idempotency_key=idempotency_key,
        )
    ).parsed
