"""A simulated Safaricom Daraja with its own book of movements."""

from .behaviour import Behaviour
from .merchant import Merchant, Rules
from .simulator import MpesaSimulator

__all__ = ["Behaviour", "Merchant", "MpesaSimulator", "Rules"]
