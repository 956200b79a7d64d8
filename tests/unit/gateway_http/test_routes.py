"""Paths lead to operations."""

from molam_gateway.http import spec
from molam_gateway.http.routes import Found, Routes, WrongMethod

DOCUMENT = {
    "paths": {
        "/v1/things": {"get": {"operationId": "list"}, "post": {"operationId": "create"}},
        "/v1/things/{thing_id}": {"get": {"operationId": "retrieve"}},
        "/v1/things/{thing_id}/close": {"post": {"operationId": "close"}},
        "/v1/things/all": {"delete": {"operationId": "delete_all"}},
    }
}
ROUTES = Routes(spec.operations(DOCUMENT))


def operation(method: str, path: str) -> tuple[str, dict[str, str]]:
    found = ROUTES.find(method, path)
    assert isinstance(found, Found)
    return found.operation.operation_id, dict(found.path)


def test_finds() -> None:
    assert operation("POST", "/v1/things") == ("create", {})
    assert operation("GET", "/v1/things/t1") == ("retrieve", {"thing_id": "t1"})
    assert operation("POST", "/v1/things/t1/close") == ("close", {"thing_id": "t1"})


def test_a_literal_segment_wins_over_a_parameter() -> None:
    assert operation("DELETE", "/v1/things/all") == ("delete_all", {})


def test_a_wrong_method_names_the_right_ones() -> None:
    assert ROUTES.find("PUT", "/v1/things") == WrongMethod(("GET", "POST"))
    assert ROUTES.find("HEAD", "/v1/things/t1") == WrongMethod(("GET",))


def test_unknown_paths() -> None:
    for path in (
        "",
        "/",
        "/v1",
        "/v1/things/",
        "/v1/things//close",
        "/v1/things/t1/close/x",
        "/V1/things",
        "v1/things",
    ):
        assert ROUTES.find("GET", path) is None
