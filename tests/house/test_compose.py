import re
import tomllib
from typing import Any

import pytest

from tests.compose import Dockerfile, MissingVariableError, read_compose
from tests.postgres import CHECKOUT

SECRETS = ("SECRET_KEY", "BASE_URL", "POSTGRES_PASSWORD", "VALKEY_PASSWORD")
GIVEN = {
    "SECRET_KEY": "k" * 32,
    "BASE_URL": "https://partnerstwo.example.org",
    "POSTGRES_PASSWORD": "tajne1",
    "VALKEY_PASSWORD": "tajne2",
}
OURS = ("migrate", "web", "worker", "beat")
SERVICES: dict[str, Any] = read_compose()["services"]
LOOPBACK = "127.0.0.1:"


@pytest.mark.parametrize("secret", SECRETS)
def test_start_without_a_secret_is_refused_with_its_remedy(secret: str) -> None:
    with pytest.raises(MissingVariableError, match=f"^{secret}: set {secret} to "):
        read_compose({name: value for name, value in GIVEN.items() if name != secret})
    with pytest.raises(MissingVariableError):
        read_compose({**GIVEN, secret: ""})


def test_file_holds_no_secret_of_its_own() -> None:
    text = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\s+\w*(?:PASSWORD|KEY|AUTH|SECRET)\w*: (?!\$\{\w+:\?)", text) == []


def test_example_of_settings_names_every_variable_of_the_file() -> None:
    text = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+)", text))
    assert [name for name in sorted(used) if not re.search(rf"(?m)^#?{name}=", example)] == []
    assert [name for name in SECRETS if not re.search(rf"(?m)^{name}=$", example)] == []


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_image_has_a_pinned_version(name: str) -> None:
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert re.search(r"\d", tag)
    assert "latest" not in tag


def test_our_image_carries_the_version_of_the_product() -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"partnerstwo:{version}"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_is_restarted_and_says_how_it_fares(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_migrations_run_once_and_are_tried_again_only_when_they_fail() -> None:
    assert SERVICES["migrate"]["restart"].startswith("on-failure")


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_product_waits_for_the_migrations(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_in_production_without_rights_that_they_do_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["environment"]["PARTNERSTWO_ENV"] == "production"
    assert service["environment"]["TRUSTED_PROXIES"].startswith("${TRUSTED_PROXIES:-")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "data:/data" in service["volumes"]


def test_only_web_and_the_catcher_of_letters_can_be_reached_and_from_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert sorted(published) == ["mailpit", "web"]
    assert all(port.startswith(LOOPBACK) for ports in published.values() for port in ports)


def test_ports_leave_room_for_more_than_one_web() -> None:
    (port,) = read_compose(GIVEN)["services"]["web"]["ports"]
    first, last = port.removeprefix(LOOPBACK).partition(":")[0].split("-")
    assert int(last) > int(first)


def test_what_has_to_last_lies_in_a_named_volume() -> None:
    assert set(read_compose()["volumes"]) == {"postgres", "data"}
    # PostgreSQL 18 keeps its data in a folder of its version below this one.
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_broker_never_drops_a_message_for_want_of_room() -> None:
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert "--requirepass" in command


def test_image_runs_as_somebody_without_rights() -> None:
    assert Dockerfile.read().all("USER")[-1] not in ("root", "0")


def test_image_installs_the_locked_wheels_by_their_hashes() -> None:
    lines = " ".join(rest for word, rest in Dockerfile.read().lines if word == "RUN")
    assert "--require-hashes --only-binary :all: -r /tmp/requirements.txt" in lines


def test_image_starts_from_a_pinned_python_that_the_product_supports() -> None:
    stages = [rest for word, rest in Dockerfile.read().lines if word == "FROM"]
    versions = [re.match(r"python:3\.(\d+)-slim-\w+", stage) for stage in stages]
    assert all(found and int(found[1]) >= 11 for found in versions)
