"""What docs/operations.md tells an operator to write and to type does what it says, on the compose.yaml of this release."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.compose_file import ROOT, compose_services

OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The part of operations.md under a heading, up to the next heading."""
    lines = re.sub(_BLOCK, lambda block: block[0].replace("\n#", "\n\0"), OPERATIONS)  # a block's comments are no headings
    (text,) = re.findall(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", lines, re.MULTILINE | re.DOTALL)
    return str(text).replace("\0", "#")


def override(title: str) -> str:
    """The compose.override.yaml that a section gives."""
    (block,) = [text for kind, text in _BLOCK.findall(section(title)) if kind == "yaml"]
    assert block.startswith("# compose.override.yaml\n")
    return str(block)


def composed(tmp_path: Path, title: str, *arguments: str) -> dict[str, Any]:
    """What Compose makes of compose.yaml with that override beside it; needs Docker's client, but no engine."""
    if shutil.which("docker") is None:
        pytest.skip("there is no Docker client")
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    (tmp_path / "deploy/nginx").mkdir(parents=True)
    shutil.copy(ROOT / "deploy/nginx/defaults.env", tmp_path / "deploy/nginx")
    (tmp_path / "compose.override.yaml").write_text(override(title), encoding="utf-8")
    command = ["docker", "compose", *arguments, "config", "--format", "json"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


def test_a_schedule_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    services = composed(tmp_path, "A schedule of one's own")["services"]
    assert services["load"]["command"] == ["manage", "load_schedule", "/run/schedule.ssim", "--days", "330"]
    (volume,) = services["load"]["volumes"]
    assert (volume["source"], volume["target"], volume["read_only"]) == (str(tmp_path / "summer.ssim"), "/run/schedule.ssim", True)
    assert "load" in services["price"]["depends_on"], "the rest goes on as before"


def test_servers_elsewhere_can_be_reached_and_composes_own_do_not_start(tmp_path: Path) -> None:
    document = composed(tmp_path, "Servers elsewhere")
    services = document["services"]
    assert not {"postgres", "redis"} & services.keys()
    for name, service in compose_services().items():
        mounted = {str(secret) for secret in service.get("secrets", [])}
        if mounted & {"owner_database_url", "app_database_url", "gateway_redis_url", "worker_redis_url"}:
            assert "outward" in services[name]["networks"], f"{name} has no way to its server"
            assert set(services[name]["networks"]) > {"outward"}
    assert not document["networks"]["outward"].get("internal")


def test_more_containers_are_written_down_where_an_update_keeps_them(tmp_path: Path) -> None:
    services = composed(tmp_path, "Scaling")["services"]
    assert services["ws-gateway"]["deploy"]["replicas"] == 4
    assert services["pricing-worker"]["deploy"]["replicas"] == 2
    assert services["ws-gateway"]["deploy"]["resources"]["limits"]["memory"], "the limit stays"


def test_nginx_can_end_tls(tmp_path: Path) -> None:
    document = composed(tmp_path, "TLS")
    nginx, web = document["services"]["nginx"], document["services"]["web"]
    assert nginx["environment"]["FRONT_MODE"] == "tls"
    assert {port["target"]: port["published"] for port in nginx["ports"]} == {8080: "8080", 8443: "443"}
    assert "FAREWIRE_PORT=80" in section("TLS")
    mounted = {secret["target"] for secret in nginx["secrets"]}
    assert mounted == {nginx["environment"]["FRONT_TLS_CERTIFICATE"], nginx["environment"]["FRONT_TLS_KEY"]}
    assert web["environment"]["FAREWIRE_SECURE_COOKIES"] == "true"
    assert web["environment"]["FAREWIRE_ALLOWED_HOSTS"] == "www.example.net"


def test_git_does_not_know_what_is_written_for_one_machine() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "compose.override.yaml", "secrets/", "backups/"} <= set(ignored)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_scaling_command_leaves_everything_else_alone(page: Path) -> None:
    for line in page.read_text(encoding="utf-8").splitlines():
        if "docker compose" in line and " --scale" in line:
            assert "--no-deps" in line, f"would run what runs once again: {line}"
            assert "--no-recreate" in line, f"would replace whatever has changed: {line}"


def test_the_restore_drill_names_its_project_for_every_line() -> None:
    (drill,) = [text.splitlines() for _, text in _BLOCK.findall(section("Backup and restore")) if "drill" in text]
    assert drill[0].startswith("export COMPOSE_PROJECT_NAME=drill ")
    assert drill[-1].startswith("unset COMPOSE_PROJECT_NAME ")
    names = [word.split("=")[0] for word in drill[0].split()[1:]]
    assert drill[-1].split()[1:] == names
    assert "docker compose --project-name drill down --volumes" in drill
    restoring = [number for number, line in enumerate(drill) if line.startswith("make restore")]
    assert restoring
    assert 0 < restoring[0] < len(drill) - 1


@pytest.mark.parametrize("name", sorted(compose_services()))
def test_sizing_tells_each_services_figure_and_limit(name: str) -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section("Sizing").splitlines() if line.startswith("|")]
    (row,) = [row for row in rows if row[0] == name]
    number, unit = re.fullmatch(r"(\d+)([mg])", compose_services()[name]["deploy"]["resources"]["limits"]["memory"]).groups()  # type: ignore[union-attr]
    assert row[-1] == f"{number} {'MiB' if unit == 'm' else 'GiB'}"
    assert [cell for cell in row[1:-1] if "MiB" in cell], "no figure stands behind the limit"


def test_every_override_that_is_given_is_held_here() -> None:
    assert sum(kind == "yaml" for kind, _ in _BLOCK.findall(OPERATIONS)) == 4
    assert all(isinstance(yaml.safe_load(text), dict) for kind, text in _BLOCK.findall(OPERATIONS) if kind == "yaml")
