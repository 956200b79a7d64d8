from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ...models.initialize_payment_request import InitializePaymentRequest
from ...models.payment import Payment
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.problem import Problem


def _get_kwargs(
    *,
    body: InitializePaymentRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/payments/initialize",
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
) -> Payment | Problem | None:
    if response.status_code == 201:
        response_201 = Payment.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        from ...models.problem import Problem

        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        from ...models.problem import Problem

        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        from ...models.problem import Problem

        response_402 = Problem.from_dict(response.json())

        return response_402

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
) -> Response[Payment | Problem]:
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
    body: InitializePaymentRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Payment | Problem]:
    """Initialize a payment

     Creates a payment and sends it to its provider in one step. A decline answers 402, and `resource`
    names the payment, which stays. Without a payment method the provider's own is taken; where it has
    none, that is refused. The same payment is a payment intent under `/v1/connect/payment_intents`.

    Args:
        idempotency_key (str | Unset):
        body (InitializePaymentRequest): A payment to collect, in major units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Payment | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: InitializePaymentRequest,
    idempotency_key: str | Unset = UNSET,
) -> Payment | Problem | None:
    """Initialize a payment

     Creates a payment and sends it to its provider in one step. A decline answers 402, and `resource`
    names the payment, which stays. Without a payment method the provider's own is taken; where it has
    none, that is refused. The same payment is a payment intent under `/v1/connect/payment_intents`.

    Args:
        idempotency_key (str | Unset):
        body (InitializePaymentRequest): A payment to collect, in major units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Payment | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: InitializePaymentRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Payment | Problem]:
    """Initialize a payment

     Creates a payment and sends it to its provider in one step. A decline answers 402, and `resource`
    names the payment, which stays. Without a payment method the provider's own is taken; where it has
    none, that is refused. The same payment is a payment intent under `/v1/connect/payment_intents`.

    Args:
        idempotency_key (str | Unset):
        body (InitializePaymentRequest): A payment to collect, in major units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Payment | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: InitializePaymentRequest,
    idempotency_key: str | Unset = UNSET,
) -> Payment | Problem | None:
    """Initialize a payment

     Creates a payment and sends it to its provider in one step. A decline answers 402, and `resource`
    names the payment, which stays. Without a payment method the provider's own is taken; where it has
    none, that is refused. The same payment is a payment intent under `/v1/connect/payment_intents`.

    Args:
        idempotency_key (str | Unset):
        body (InitializePaymentRequest): A payment to collect, in major units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Payment | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
