"""Molam in a Starlette application: a client for its lifespan, a route for webhooks, errors as problem documents.

Needs the extra `starlette`: `pip install 'molam-sdk-python[starlette]'`. For FastAPI see `molam_sdk.contrib.fastapi`.
"""

from ._lifespans import Molam
from ._problem_responses import problem_response
from ._webhooks import Webhooks
from ._workers import working

__all__ = ["Molam", "Webhooks", "problem_response", "working"]
