"""What the events of a payment do to its subscription: in one transaction with the event's end, and so exactly once."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from molam_api.models import Event, PaymentIntent
from molam_sdk.contrib.fastapi import Webhooks
from molam_sdk.durable import AsyncInbox

from .database import engine, settle

inbox = AsyncInbox(engine)
webhooks = Webhooks(inbox=inbox)


@inbox.on("payment_intent.succeeded", "payment_intent.failed")
async def settled(event: Event, connection: AsyncConnection) -> None:
    intent = event.data.object_
    if isinstance(intent, PaymentIntent) and "subscription" in intent.metadata:
        state = "active" if event.type_ == "payment_intent.succeeded" else "failed"
        await settle(connection, intent.metadata["subscription"], state)
