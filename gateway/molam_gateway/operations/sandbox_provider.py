"""Gives the sandbox's controls their way to CPay's simulator."""

from ..domain.problems import ProblemError
from ..providers import cpay
from ..providers.simulators.cpay import CPaySimulator
from ..services import Services


def simulator(services: Services) -> CPaySimulator:
    """The simulator behind CPay. Raises resource_missing where this gateway has none."""
    provider = services.providers.find(cpay.NAME)
    if not isinstance(provider, cpay.CPay):
        raise ProblemError("resource_missing", "This gateway has no sandbox provider.")
    return provider.simulator
