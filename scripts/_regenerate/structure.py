"""Whether a spec has the structure of an OpenAPI document, as the generator's own model of one sees it."""

from openapi_python_client.schema import OpenAPI
from pydantic import ValidationError

from _regenerate.spec import Spec


def refused(spec: Spec) -> list[str]:
    """One line per misplaced or missing value, with where it stands."""
    try:
        OpenAPI.model_validate(spec)
    except ValidationError as error:
        found = [f"{'/'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        return list(dict.fromkeys(found))
    return []
