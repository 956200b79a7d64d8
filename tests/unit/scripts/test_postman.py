"""The Postman collection is what the spec gives, and what Postman reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _postman.collection import SCHEMA, as_text, environment, of_spec

from _regenerate.spec import load

ROOT = Path(__file__).parents[3]
SPEC = load(ROOT / "spec/openapi.yaml")
COLLECTION = of_spec(SPEC)
METHODS = {"get", "post", "put", "patch", "delete"}


def requests() -> Iterator[dict[str, Any]]:
    for folder in COLLECTION["item"]:
        yield from folder["item"]


def test_what_is_committed_is_what_the_spec_gives() -> None:
    folder = ROOT / "docs" / "postman"
    for name, document in (("collection", COLLECTION), ("environment", environment())):
        text = (folder / f"molam.postman_{name}.json").read_text("utf-8")
        assert text == as_text(document), "run scripts/postman"
        assert json.loads(text) == document


def test_every_operation_is_a_request() -> None:
    declared = {
        (method.upper(), path.replace("{", ":").replace("}", ""))
        for path, item in SPEC["paths"].items()
        for method in METHODS & set(item)
    }
    assert {
        (each["request"]["method"], "/" + "/".join(each["request"]["url"]["path"])) for each in requests()
    } == declared


@pytest.mark.parametrize("item", [pytest.param(each, id=each["name"]) for each in requests()])
def test_a_request_has_the_shape_of_the_format(item: dict[str, Any]) -> None:
    """The members that the format's JSON schema (named in `info.schema`) asks for, and their types."""
    request = item["request"]
    url = request["url"]
    assert isinstance(item["name"], str)
    assert url["raw"].startswith("{{base_url}}/")
    assert url["host"] == ["{{base_url}}"]
    assert all(isinstance(part, str) for part in url["path"])
    assert {part[1:] for part in url["path"] if part.startswith(":")} == {
        each["key"] for each in url.get("variable", [])
    }
    assert all(isinstance(each["key"], str) and isinstance(each["value"], str) for each in request["header"])
    for response in item["response"]:
        assert response["code"] in range(200, 300)
        json.loads(response["body"])
    if "body" in request:
        assert request["body"]["mode"] == "raw"
        json.loads(request["body"]["raw"])


def test_calls_that_need_a_key_make_one_each_time() -> None:
    keyed = [each for each in requests() for field in each["request"]["header"] if field["key"] == "Idempotency-Key"]
    assert len(keyed) > 10
    for each in keyed:
        [field] = [field for field in each["request"]["header"] if field["key"] == "Idempotency-Key"]
        assert (field["value"], field["disabled"]) == ("{{$guid}}", False)


def test_the_collection_says_what_it_is_and_takes_its_key_from_the_environment() -> None:
    assert COLLECTION["info"]["schema"] == SCHEMA
    assert COLLECTION["auth"]["bearer"][0]["value"] == "{{api_key}}"
    values = {each["key"]: each for each in environment()["values"]}
    assert values["api_key"]["type"] == "secret"
    assert values["api_key"]["value"] == ""
    ids = [each["id"] for each in requests()]
    assert len(ids) == len(set(ids))
