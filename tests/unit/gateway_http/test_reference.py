"""The API tells where it is described, and the description comes from the gateway alone."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from molam_gateway import __version__
from molam_gateway.embedded import Sandbox
from molam_gateway.http import reference, spec

FOLDER = Path(reference.__file__).with_name("swagger_ui")


@pytest.fixture(scope="module")
def client(shared_gateway: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_gateway.url) as client:
        yield client


def test_the_root_says_where_everything_is(client: httpx.Client, shared_gateway: Sandbox) -> None:
    told = client.get("/").json()
    assert (told["name"], told["version"], told["livemode"]) == ("Molam gateway", __version__, False)
    for name in ("documentation", "openapi", "dashboard", "health"):
        assert told["links"][name].startswith(shared_gateway.url)
        assert httpx.get(told["links"][name], follow_redirects=True).status_code == 200


def test_browsers_get_a_page(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.headers["content-type"], page.headers["vary"]) == ("text/html; charset=utf-8", "Accept")
    assert 'href="/docs"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.post("/").status_code == 405


def test_the_spec_is_served_with_this_gateway_as_its_server(client: httpx.Client, shared_gateway: Sandbox) -> None:
    answer = client.get("/openapi.json")
    document = answer.json()
    assert document.pop("servers")[0]["url"] == shared_gateway.url
    assert document == {name: value for name, value in spec.load().items() if name != "servers"}
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_it_is_not_sent_it_again(client: httpx.Client, encoding: str) -> None:
    first = client.get("/openapi.json", headers={"Accept-Encoding": encoding})
    assert first.headers.get("content-encoding", "identity") == encoding
    for known in (first.headers["etag"], f'W/{first.headers["etag"]}, "x"', "*"):
        again = client.get("/openapi.json", headers={"If-None-Match": known, "Accept-Encoding": encoding})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get("/openapi.json", headers={"If-None-Match": '"x"'}).status_code == 200


def test_the_reference_takes_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "'unsafe" not in policy
    assert "http" not in policy
    assert "<script>" not in page.text
    assert "style=" not in page.text
    needed = re.findall(r'(?:src|href)="(/docs/files/[^"]+)"', page.text)
    assert len(needed) == 4
    for path in needed:
        file = client.get(path)
        assert (file.status_code, file.headers["x-content-type-options"]) == (200, "nosniff")
        assert "immutable" in file.headers["cache-control"]
    assert client.get("/docs/files/start.0.js").status_code == 404


def test_swagger_ui_is_what_it_is_said_to_be() -> None:
    said = tomllib.loads((FOLDER / "PROVENANCE.toml").read_text("utf-8"))
    for name, digest in said["sha256"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
    assert f'PACKAGE_VERSION:"{said["version"]}"' in (FOLDER / "swagger-ui-bundle.js").read_text("utf-8")
    assert "Apache License" in (FOLDER / "LICENSE").read_text("utf-8")
