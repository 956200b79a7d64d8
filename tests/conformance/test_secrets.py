"""Secrets of a configuration appear nowhere but in the requests that need them."""

import base64
import logging

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.providers.contract import ProbeError
from molam_gateway.providers.inbound import ForgedError, Message
from molam_gateway.providers.registry import registry

from .pair import Pair, Wish

pytestmark = pytest.mark.anyio


def disguises(pair: Pair) -> list[str]:
    """The secrets, and what they look like in headers."""
    secrets = list(pair.configuration.secrets.values())
    pairs = [f"{one}:{other}" for one in secrets for other in ["", *secrets]]
    return [*secrets, *(base64.b64encode(each.encode()).decode().rstrip("=") for each in [*secrets, *pairs])]


async def test_nothing_secret_is_said(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    said: list[object] = [pair.configuration, pair.provider, pair.capabilities, registry(pair.provider)]
    caplog.set_level(logging.DEBUG)
    for wish in (Wish.OK, Wish.DECLINED):
        instruction = pair.instruct(AttemptKind.CHARGE, wish)
        said += [instruction, await pair.perform(instruction)]
    for fault in ("drop_answer", "truncate", "reset", "error_after"):
        pair.arm(fault, pair.moving[AttemptKind.CHARGE], status=500, body="<html>")
        said.append(await pair.send(pair.instruct(AttemptKind.CHARGE)))
    said.append(await pair.provider.send(pair.instruct(AttemptKind.CHARGE), pair.invalid))
    for configuration in (pair.configuration, pair.invalid):
        try:
            await pair.provider.probe(configuration)
        except ProbeError as error:
            said.append(error)
    for message in [*pair.mailbox.messages, Message(b"{}", {}), Message(b"\xff", {"stripe-signature": "t=1,v1=0"})]:
        said.append(message)
        try:
            pair.provider.verify(message, pair.configuration)
        except ForgedError as error:
            said.append(error)
    text = "\n".join([caplog.text, *map(repr, said), *map(str, said)])
    for secret in disguises(pair):
        assert secret not in text
