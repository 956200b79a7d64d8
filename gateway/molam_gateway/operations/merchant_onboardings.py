"""Merchant onboardings: making, submitting, reviewing and reading them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from ..domain import beneficiaries, merchant_onboardings
from ..domain.audit.actors import Actor
from ..domain.call import Answer, Call
from ..domain.card_data import refuse_card_data
from ..domain.masking import masked_phone
from ..domain.merchant_onboardings import MerchantOnboarding
from ..domain.problems import ProblemError, Resource
from ..domain.times import milliseconds
from ..domain.transitions import allowed
from ..services import Services
from ..storage.merchant_onboardings import TABLE
from ..storage.port import Transaction
from .execution import idempotently
from .finding import missing, own, own_locked
from .recorder import recorder
from .settlement import rows

REVIEW = "merchant_onboarding.review"
"""The job that ends a review."""


async def create_merchant_onboarding(services: Services, call: Call) -> Answer:
    """Begin to take a merchant on."""
    body = call.body or {}
    refuse_card_data(body)
    settlement = cast(dict[str, object] | None, body.get("settlement"))
    if settlement is not None:
        beneficiaries.check(settlement, "settlement")

    async def work(tx: Transaction) -> Answer:
        onboarding = _new(services, call)
        await recorder(services, tx, call).create(TABLE, merchant_onboardings.view, onboarding)
        return Answer(201, merchant_onboardings.view(onboarding))

    return await idempotently(services, call, work)


async def submit_merchant_onboarding(services: Services, call: Call) -> Answer:
    """Hand an onboarding in for review: the sandbox's ends by itself, with real money an operator's decision does."""

    async def work(tx: Transaction) -> Answer:
        onboarding = await own_locked(tx, call, TABLE, _id(call))
        if onboarding.status not in {"pending", "requires_information"}:
            raise ProblemError(
                "invalid_state",
                f"{onboarding.id} is {onboarding.status} and cannot be submitted.",
                resource=Resource("merchant_onboarding", onboarding.id, onboarding.status),
            )
        write = recorder(services, tx, call)
        submitted = await write.change(
            TABLE,
            merchant_onboardings.view,
            onboarding,
            merchant_onboardings.submitted(onboarding),
            "merchant_onboarding.updated",
        )
        if not onboarding.livemode:
            await write.schedule(REVIEW, onboarding.id, write.now + timedelta(seconds=merchant_onboardings.REVIEW))
        return Answer(200, merchant_onboardings.view(submitted))

    return await idempotently(services, call, work)


async def retrieve_merchant_onboarding(services: Services, call: Call) -> Answer:
    """One onboarding."""
    async with services.store.reading() as reader:
        return Answer(200, merchant_onboardings.view(await own(reader, call, TABLE, _id(call))))


async def review(services: Services, onboarding_id: str) -> datetime | None:
    """End a sandbox's review with its verdict."""
    async with services.store.transaction() as tx:
        onboarding = await rows.locked(tx, TABLE, onboarding_id)
        if onboarding.livemode:
            return None
        verdict = merchant_onboardings.verdict(onboarding)
        if onboarding.status == "under_review" and allowed(merchant_onboardings.EDGES, onboarding.status, verdict):
            await recorder(services, tx, None, action=REVIEW).change(
                TABLE,
                merchant_onboardings.view,
                onboarding,
                replace(merchant_onboardings.move(onboarding, verdict), expires_at=None),
                f"merchant_onboarding.{verdict}",
            )
    return None


async def decide(
    services: Services, onboarding_id: str, verdict: merchant_onboardings.Verdict, operator: str
) -> MerchantOnboarding:
    """End a review by an operator's decision, which the audit trail keeps. Raises resource_missing or invalid_state."""
    async with services.store.transaction() as tx:
        onboarding = await TABLE.lock(tx, onboarding_id)
        if onboarding is None:
            raise missing("merchant_onboardings", onboarding_id)
        if onboarding.status != "under_review":
            raise ProblemError(
                "invalid_state",
                f"{onboarding.id} is {onboarding.status}: only what is under review can be {verdict}.",
                resource=Resource("merchant_onboarding", onboarding.id, onboarding.status),
            )
        write = recorder(services, tx, None, action=f"merchant_onboarding.{verdict}", actor=Actor("user", operator))
        return await write.change(
            TABLE,
            merchant_onboardings.view,
            onboarding,
            replace(merchant_onboardings.move(onboarding, verdict), expires_at=None),
            f"merchant_onboarding.{verdict}",
        )


def _new(services: Services, call: Call) -> MerchantOnboarding:
    body = call.body or {}
    now = services.clock.now()
    id = services.ids.new("mo", now)
    phone = cast(str | None, body.get("phone"))
    settlement = cast(dict[str, object] | None, body.get("settlement"))
    numbers = json.dumps({"phone": phone, "settlement": settlement})
    return MerchantOnboarding(
        id=id,
        account_id=call.account.id,
        livemode=call.account.livemode,
        business_name=str(body["business_name"]),
        business_type=str(body["business_type"]),
        country=str(body["country"]),
        email=str(body["email"]),
        phone=None if phone is None else masked_phone(phone),
        settlement=None if settlement is None else beneficiaries.shown(settlement),
        sealed=services.vault.encrypt(f"merchant_onboarding:{id}", numbers),
        metadata=cast(dict[str, object], body.get("metadata", {})),
        status="pending",
        requirements=[],
        onboarding_url=f"{services.settings.public_url}/onboarding/{id}",
        created_at=milliseconds(now),
        updated_at=milliseconds(now),
        expires_at=milliseconds(now + timedelta(seconds=merchant_onboardings.LIFETIME)),
        sequence=1,
    )


def _id(call: Call) -> str:
    return call.path["merchant_onboarding_id"]
