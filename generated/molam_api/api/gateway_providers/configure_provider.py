from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from ...models.configure_provider_request import ConfigureProviderRequest
from ...models.provider_configuration import ProviderConfiguration
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    name: str,
    *,
    body: ConfigureProviderRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/providers/{name}/config".format(
            name=quote(str(name), safe=""),
        ),
    }

    headers: dict[str, Any] = {"Content-Type": "application/json"}
    _kwargs["json"] = body.to_dict()
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if headers:
        _kwargs["headers"] = headers

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ProviderConfiguration | None:
    if response.status_code == 200:
        response_200 = ProviderConfiguration.from_dict(response.json())

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

    if response.status_code == 415:
        from ...models.problem import Problem

        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[Problem | ProviderConfiguration]:
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
    body: ConfigureProviderRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderConfiguration]:
    """Configure a provider

     Sets up the account's configuration of a provider, or changes it; what is not given stays. Secrets
    go in only and are encrypted at rest; answers show their last four characters and a fingerprint, and
    the addresses to register at the provider.

    Args:
        name (str):
        idempotency_key (str | Unset):
        body (ConfigureProviderRequest): What is to be set in a configuration; what is left out
            stays.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderConfiguration]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
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
    body: ConfigureProviderRequest,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderConfiguration | None:
    """Configure a provider

     Sets up the account's configuration of a provider, or changes it; what is not given stays. Secrets
    go in only and are encrypted at rest; answers show their last four characters and a fingerprint, and
    the addresses to register at the provider.

    Args:
        name (str):
        idempotency_key (str | Unset):
        body (ConfigureProviderRequest): What is to be set in a configuration; what is left out
            stays.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderConfiguration
    """

    return sync_detailed(
        name=name,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    body: ConfigureProviderRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | ProviderConfiguration]:
    """Configure a provider

     Sets up the account's configuration of a provider, or changes it; what is not given stays. Secrets
    go in only and are encrypted at rest; answers show their last four characters and a fingerprint, and
    the addresses to register at the provider.

    Args:
        name (str):
        idempotency_key (str | Unset):
        body (ConfigureProviderRequest): What is to be set in a configuration; what is left out
            stays.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderConfiguration]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    body: ConfigureProviderRequest,
    idempotency_key: str | Unset = UNSET,
) -> Problem | ProviderConfiguration | None:
    """Configure a provider

     Sets up the account's configuration of a provider, or changes it; what is not given stays. Secrets
    go in only and are encrypted at rest; answers show their last four characters and a fingerprint, and
    the addresses to register at the provider.

    Args:
        name (str):
        idempotency_key (str | Unset):
        body (ConfigureProviderRequest): What is to be set in a configuration; what is left out
            stays.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderConfiguration
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
