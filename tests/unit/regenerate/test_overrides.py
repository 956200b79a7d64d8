"""The template overrides: few, each with its reason, and written against the stock templates that are installed."""

import hashlib
from pathlib import Path

import openapi_python_client
import pytest

OVERRIDES = Path(__file__).parents[3] / "generated" / "templates"
STOCK = Path(openapi_python_client.__file__).parent / "templates"
# Where one of these changes, read what changed upstream, carry over what applies, then record the new hash.
WRITTEN_AGAINST = {
    "endpoint_module.py.jinja": "c1b2628053eb4875ba59566baa5ae907666f9cbfafa308d93f970a4404b7cd52",
    "model.py.jinja": "fd1c79680d51c06cfbb89809ad123750ba9add98b688036c04cabbf1f8ba40a0",
    "models_init.py.jinja": "4f64a3d6e1b15a561be5573c1b7702eb928c0e4fa6b67107d20e57a74c44d51a",
    "str_enum.py.jinja": "e4979a5e6b338351eda8bdac534017cfbeb51a809b494fd3c632db39414817fc",
}


def test_there_are_at_most_four_overrides() -> None:
    assert {path.name for path in OVERRIDES.iterdir()} == set(WRITTEN_AGAINST)
    assert len(WRITTEN_AGAINST) <= 4


@pytest.mark.parametrize("name", WRITTEN_AGAINST)
def test_an_override_says_why_it_exists(name: str) -> None:
    assert (OVERRIDES / name).read_text(encoding="utf-8").startswith("{# Why this override exists: ")


@pytest.mark.parametrize("name", WRITTEN_AGAINST)
def test_the_stock_template_is_the_one_that_the_override_was_written_against(name: str) -> None:
    assert hashlib.sha256((STOCK / name).read_bytes()).hexdigest() == WRITTEN_AGAINST[name]
