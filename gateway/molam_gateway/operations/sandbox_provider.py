"""Gives the sandbox's operations their way to the simulated provider."""

from ..domain.problems import ProblemError
from ..providers.contract import SandboxControls
from ..services import Services


def controls(services: Services) -> SandboxControls:
    """The default provider's controls. Raises resource_missing where that is a real one."""
    default = services.providers.default
    sandbox = None if default is None else default.sandbox
    if sandbox is None:
        raise ProblemError("resource_missing", "This gateway's provider is no simulation.")
    return sandbox
