"""Dead letters."""

from tests.gateway_fixtures import Api, eventually


def die(api: Api, endpoint_id: str) -> None:
    """Let time pass until every delivery to an endpoint is a dead letter."""

    def dead() -> bool:
        api.advance(8 * 3600)
        found = api.get("/v1/webhook_deliveries", endpoint_id=endpoint_id).json()["data"]
        return bool(found) and all(delivery["status"] == "dead_letter" for delivery in found)

    eventually(dead)
