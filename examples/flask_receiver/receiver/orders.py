"""The orders of the shops, in one database with Molam's inbox."""

from __future__ import annotations

import os

from sqlalchemy import Column, Connection, MetaData, String, Table, create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from molam_api.models import Event, PaymentIntent
from molam_sdk.durable import Inbox, create_tables

metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("name", String(64), primary_key=True),  # woocommerce-17
    Column("state", String(10), nullable=False),  # open, paid or failed
)
engine = create_engine(f"sqlite:///{os.environ.get('RECEIVER_DATABASE', 'receiver.db')}")
inbox = Inbox(engine)


def prepare() -> None:
    """Make the tables that are not there yet; gunicorn's workers get connections of their own."""
    metadata.create_all(engine)
    create_tables(engine)
    engine.dispose()


def add(name: str) -> None:
    """Write an order down, unless it is there: shops repeat their webhooks too."""
    try:
        with engine.begin() as connection:
            connection.execute(insert(orders).values(name=name, state="open"))
    except IntegrityError:
        return


def state(name: str) -> str | None:
    with engine.connect() as connection:
        return connection.execute(select(orders.c.state).where(orders.c.name == name)).scalar()


@inbox.on("payment_intent.succeeded", "payment_intent.failed")
def settled(event: Event, connection: Connection) -> None:
    intent = event.data.object_
    if isinstance(intent, PaymentIntent) and "order" in intent.metadata:
        reached = "paid" if event.type_ == "payment_intent.succeeded" else "failed"
        named = (orders.c.name == intent.metadata["order"]) & (orders.c.state != "paid")
        connection.execute(update(orders).where(named).values(state=reached))
