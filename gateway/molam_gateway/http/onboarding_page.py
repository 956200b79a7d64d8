"""The page that a sandbox onboarding's `onboarding_url` leads to."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..storage import merchant_onboardings
from ..storage.port import Store
from . import pages

PATH = "/onboarding/{merchant_onboarding_id}"


class OnboardingPage:
    """Says what a merchant would do here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Where the page lives."""
        return [Route(PATH, self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """The onboarding's status and the way on."""
        id = request.path_params["merchant_onboarding_id"]
        async with self._store.reading() as reader:
            status = await merchant_onboardings.status(reader, id)
        if status is None:
            return pages.page("Unknown link", pages.paragraph("There is no onboarding behind this link."), status=404)
        words = f"Here a merchant completes the application {id}, which is {status}. In the sandbox, submit it by API."
        return pages.page("Molam sandbox", pages.paragraph(words))
