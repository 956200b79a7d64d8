"""The requests to Stripe's API, with the key and the version of a configuration."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..configuration import Configuration
from ..http_client import ProviderHttp, Reply
from . import forms
from .settings import API_VERSION, PINNED_VERSION, SECRET_KEY

_MOST_LISTED = "100"
_MOST_PAGES = 20


class Unanswered(Exception):
    """A question that Stripe did not answer with the object; the answer is in `reply`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"Stripe answered with status {reply.status}")
        self.reply = reply


class Api:
    """One request per method unless it says otherwise. All raise NotSentError or LostError."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    async def post(self, path: str, form: forms.Form, key: str, configuration: Configuration) -> Reply:
        """Change something, under an idempotency key."""
        headers = {**_headers(configuration), "Idempotency-Key": key}
        return await self._http.request("POST", f"{configuration.base_url}/v1/{path}", headers=headers, form=form)

    async def get(
        self, path: str, configuration: Configuration, params: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Read something. Raises Unanswered."""
        url = f"{configuration.base_url}/v1/{path}"
        reply = await self._http.request("GET", url, headers=_headers(configuration), params=params)
        document = reply.document()
        if reply.status != 200 or document is None:
            raise Unanswered(reply)
        return document

    async def payment(self, handle: str, configuration: Configuration) -> Mapping[str, Any]:
        """A payment as it is now. Raises Unanswered."""
        return await self.get(f"payment_intents/{handle}", configuration, {"expand[0]": forms.CHARGE_OF_INTENT})

    async def payments_by_reference(self, reference: str, configuration: Configuration) -> Sequence[str]:
        """The handles of the payments that carry a reference, as far as the search has seen them. Raises Unanswered."""
        found = await self.get("payment_intents/search", configuration, forms.search(reference))
        return [id for each in _data(found) if isinstance(id := each.get("id"), str)]

    async def refunds(self, payment: str, configuration: Configuration) -> Sequence[Mapping[str, Any]]:
        """All refunds of a payment, in as many requests as it takes. Raises Unanswered."""
        params = {"payment_intent": payment, "limit": _MOST_LISTED}
        refunds: list[Mapping[str, Any]] = []
        for _ in range(_MOST_PAGES):
            page = await self.get("refunds", configuration, params)
            refunds += _data(page)
            if page.get("has_more") is not True or not refunds:
                return refunds
            params["starting_after"] = str(refunds[-1].get("id"))
        raise LookupError("Stripe's list of refunds has no end")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def _headers(configuration: Configuration) -> Mapping[str, str]:
    return {
        "Authorization": f"Bearer {configuration.secret(SECRET_KEY)}",
        "Stripe-Version": configuration.settings.get(API_VERSION, PINNED_VERSION),
    }


def _data(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    data = page.get("data")
    members = cast(list[object], data) if isinstance(data, list) else []
    return [cast(Mapping[str, Any], each) for each in members if isinstance(each, dict)]
