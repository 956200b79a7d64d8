"""Answers a WebSocket's handshake by an ordinary HTTP answer."""

from starlette.types import Message, Send


def denying(send: Send) -> Send:
    """What sends an HTTP answer in the place of the upgrade."""

    async def denied(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return denied
