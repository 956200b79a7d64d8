"""Charges: reading the attempts to collect payments."""

from ..domain import charges
from ..domain.call import Answer, Call
from ..services import Services
from ..storage.charges import TABLE
from .finding import own
from .listing import list_objects


async def retrieve_charge(services: Services, call: Call) -> Answer:
    """One charge."""
    async with services.store.reading() as reader:
        return Answer(200, charges.view(await own(reader, call, TABLE, call.path["charge_id"])))


async def list_charges(services: Services, call: Call) -> Answer:
    """A page of charges."""
    return await list_objects(services, call, TABLE, charges.view, "/v1/connect/charges")
