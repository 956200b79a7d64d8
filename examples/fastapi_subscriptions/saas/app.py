"""What uvicorn serves: `uvicorn saas.app:app`."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from molam_sdk import MolamAsyncClient, errors
from molam_sdk.contrib.fastapi import Molam, problem_response, working

from . import database, pages
from .events import inbox, webhooks

PRICES = {"basic": 900, "team": 4900}
PATIENCE = (0.5, 1, 2, 4, 8)

molam = Molam(default_currency="USD")
Client = Annotated[MolamAsyncClient, Depends(molam)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    await database.prepare()
    async with molam.lifespan(app), working(inbox, poll=0.2):
        yield
    await database.engine.dispose()


app = FastAPI(title="Subscriptions", lifespan=lifespan)
app.add_exception_handler(errors.MolamError, problem_response)
app.include_router(webhooks.router("/webhooks/molam"))


class Plan(StrEnum):
    BASIC = "basic"
    TEAM = "team"


class Order(BaseModel):
    plan: Plan


class Checkout(BaseModel):
    id: str
    checkout_url: str


class Subscription(BaseModel):
    id: str
    plan: Plan
    state: str


@app.post("/subscriptions", status_code=201)
async def subscribe(order: Order, request: Request, client: Client, tasks: BackgroundTasks) -> Checkout:
    subscription = f"sub_{uuid.uuid4().hex}"
    page = str(request.url_for("page", subscription=subscription))
    await database.add(subscription, order.plan)  # committed before anything is paid
    intent = await client.payment_intents.create(
        amount=PRICES[order.plan],
        payment_method="pm_cpay_action",  # of the sandbox: the customer has to approve
        confirm=True,
        return_url=page,
        metadata={"subscription": subscription, "plan": order.plan.value},
        idempotency_key=subscription,
    )
    tasks.add_task(activate_after_payment, client, intent.id, subscription)
    action = intent.next_action
    return Checkout(id=subscription, checkout_url=(action and action.redirect_url) or page)


@app.get("/subscriptions/{subscription}")
async def retrieve(subscription: str) -> Subscription:
    found = await database.found(subscription)
    if found is None:
        raise HTTPException(404)
    return Subscription.model_validate(found)


async def activate_after_payment(client: MolamAsyncClient, intent_id: str, subscription: str) -> None:
    """Ask for the payment a few times, in case that its webhook is late: whoever comes first activates."""
    for pause in PATIENCE:
        await asyncio.sleep(pause)
        found = await database.found(subscription)
        if found is None or found["state"] != "pending":
            return
        try:
            intent = await client.payment_intents.retrieve(intent_id)
        except errors.MolamError:
            continue  # the webhook will tell
        if intent.status == "succeeded":
            async with database.engine.begin() as connection:
                await database.settle(connection, subscription, "active")


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
async def plans() -> str:
    return pages.plans(PRICES)


@app.get("/subscriptions/{subscription}/page", response_class=HTMLResponse, include_in_schema=False)
async def page(subscription: str) -> str:
    found = await retrieve(subscription)
    return pages.subscription(found.plan, found.state)
