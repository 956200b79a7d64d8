"""Molam in a Flask application: an extension with a client, a route for webhooks, errors as problem documents.

Needs the extra `flask`: `pip install 'molam-sdk-python[flask]'`.
"""

from ._extension import Molam
from ._problem_responses import problem_response

__all__ = ["Molam", "problem_response"]
