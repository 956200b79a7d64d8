"""Molam in a FastAPI application: the client as a dependency, a router for webhooks, errors as problem documents.

Needs the extra `fastapi`: `pip install 'molam-sdk-python[fastapi]'`. All but the router is that of
`molam_sdk.contrib.starlette`.
"""

from ..starlette import Molam, problem_response, working
from ._routers import Webhooks

__all__ = ["Molam", "Webhooks", "problem_response", "working"]
