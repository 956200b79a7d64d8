"""The subscriptions, in one database with Molam's inbox."""

from __future__ import annotations

import os

from sqlalchemy import Column, MetaData, String, Table, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from molam_sdk.durable import create_tables_async

metadata = MetaData()
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("plan", String(20), nullable=False),
    Column("state", String(10), nullable=False),  # pending, active or failed
)
engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ.get('SAAS_DATABASE', 'saas.db')}")


async def prepare() -> None:
    """Make the tables that are not there yet."""
    async with engine.connect() as connection:
        await connection.execute(text("PRAGMA journal_mode=WAL"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await create_tables_async(engine)


async def add(subscription: str, plan: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(subscriptions).values(id=subscription, plan=plan, state="pending"))


async def found(subscription: str) -> dict[str, str] | None:
    async with engine.connect() as connection:
        rows = await connection.execute(select(subscriptions).where(subscriptions.c.id == subscription))
        row = rows.one_or_none()
    return None if row is None else {"id": row.id, "plan": row.plan, "state": row.state}


async def settle(connection: AsyncConnection, subscription: str, state: str) -> None:
    """Say what became of a subscription; one that is active stays so."""
    pending = (subscriptions.c.id == subscription) & (subscriptions.c.state != "active")
    await connection.execute(update(subscriptions).where(pending).values(state=state))
