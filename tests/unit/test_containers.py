"""The image and the composition name what exists: files, settings, paths of the API, versions."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from molam_gateway.http.spec import load, operations

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "gateway/Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "gateway/pyproject.toml").read_text("utf-8"))["project"]
EXAMPLE = (ROOT / "gateway/molam-gateway.env.example").read_text("utf-8")
SETTING = re.compile(r"MOLAM_GATEWAY_[A-Z_]+")


def test_every_variable_is_one_that_the_gateway_reads() -> None:
    known = set(SETTING.findall(EXAMPLE))
    named = set(SETTING.findall(DOCKERFILE)) | set(SETTING.findall(yaml.safe_dump(COMPOSE)))
    assert named
    assert named <= known


def test_what_is_copied_exists_and_is_let_through() -> None:
    ignored = (ROOT / "gateway/Dockerfile.dockerignore").read_text("utf-8").splitlines()
    [*copied] = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = " ".join(copied).split()
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored


def test_the_image_has_every_extra_and_runs_as_nobody_in_particular() -> None:
    extras = re.search(r'"\.\[([a-z,]+)\]"', DOCKERFILE)
    assert extras is not None
    assert set(extras[1].split(",")) == set(PROJECT["optional-dependencies"])
    assert f"Python :: {'.'.join(re.findall(r'FROM python:([0-9.]+)', DOCKERFILE)[0].split('.'))}" in str(
        PROJECT["classifiers"]
    )
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "\nUSER 10001:10001\n" in last_stage
    assert 'ENTRYPOINT ["molam-gateway"]' in last_stage
    assert "molam-gateway" in PROJECT["scripts"]


def test_health_is_asked_for_where_it_is() -> None:
    paths = {each.path for each in operations(load()) if each.method == "GET"}
    [path] = re.findall(r"/api/v1/[a-z/]+", DOCKERFILE)
    assert path in paths


def test_the_gateway_waits_for_services_that_say_when_they_are_ready() -> None:
    services = COMPOSE["services"]
    gateway = services["gateway"]
    assert (ROOT / gateway["build"]["dockerfile"]).is_file()
    assert gateway["read_only"] is True
    assert "/tmp" in gateway["tmpfs"]  # noqa: S108 - a mount of the container
    for name, waits in gateway["depends_on"].items():
        assert waits["condition"] == "service_healthy"
        assert services[name]["healthcheck"]["test"]
        assert f"@{name}:" in yaml.safe_dump(gateway["environment"]) or f"//{name}:" in yaml.safe_dump(
            gateway["environment"]
        )
    assert set(COMPOSE["volumes"]) == {each.split(":")[0] for each in services["postgres"]["volumes"]}
    assert all(re.search(r":[0-9]+(\.[0-9]+)?$", services[name]["image"]) for name in ("postgres", "redis"))


def test_every_setting_can_be_given_beside_the_composition() -> None:
    gateway = COMPOSE["services"]["gateway"]
    assert gateway["env_file"] == [{"path": ".env", "required": False}]
    fixed = {name for name, value in gateway["environment"].items() if f"${{{name}:" not in value}
    assert fixed == {
        "MOLAM_GATEWAY_DATABASE",
        "MOLAM_GATEWAY_REDIS",
        "MOLAM_GATEWAY_LISTEN_HOST",
        "MOLAM_GATEWAY_LISTEN_PORT",
    }
    named = SETTING.findall((ROOT / "docs/guides/runbook.md").read_text("utf-8"))
    assert set(named) <= set(SETTING.findall(EXAMPLE))


def test_no_secret_is_written_down() -> None:
    for name, value in COMPOSE["services"]["gateway"]["environment"].items():
        if name in {"MOLAM_GATEWAY_KEY", "MOLAM_GATEWAY_DATABASE"}:
            assert ":?" in value, "it must be given, there is no default"
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
