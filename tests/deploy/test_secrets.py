"""Secrets are made once, what is made of them follows, and what an operator wrote is never overwritten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose_file import ROOT, compose_document
from tests.deploy.played_docker import PlayedDocker

URLS = {
    "owner_database_url": "postgres_owner_password",
    "app_database_url": "postgres_app_password",
    "gateway_redis_url": "redis_gateway_password",
    "worker_redis_url": "redis_worker_password",
}


def made(directory: Path, *arguments: str) -> str:
    """Run secrets.sh; what it printed."""
    command = ["sh", "deploy/secrets.sh", *arguments, str(directory)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def contents(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()}


def test_what_compose_mounts_is_made_and_then_left_alone(tmp_path: Path) -> None:
    made(tmp_path)
    first = contents(tmp_path)
    assert first.keys() >= compose_document()["secrets"].keys()
    assert made(tmp_path) == ""
    assert contents(tmp_path) == first


def test_the_directory_is_closed_to_others(tmp_path: Path) -> None:
    made(tmp_path / "secrets")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    "own",
    [
        "rediss://farewire:p%40ss@cache.example.net:6380/0",
        "postgresql://farewire_app:word@db-1.example.net,db-2.example.net/farewire?target_session_attrs=read-write",
        "postgresql://farewire_app:word@postgres:5432/farewire?sslmode=disable\n",
        "redis://worker:word@elsewhere:6379/0@redis:6379/0",
    ],
)
def test_a_url_that_somebody_wrote_stays(tmp_path: Path, url: str, own: str) -> None:
    made(tmp_path)
    (tmp_path / url).write_text(own, encoding="utf-8")
    (tmp_path / URLS[url]).unlink()

    assert f"{url} is your own" in made(tmp_path)
    assert (tmp_path / url).read_text(encoding="utf-8") == own
    assert made(tmp_path, "--elsewhere").split() == [url]


@pytest.mark.parametrize("url", URLS)
def test_a_url_of_composes_own_servers_follows_its_password(tmp_path: Path, url: str) -> None:
    made(tmp_path)
    (tmp_path / URLS[url]).write_text("another-word", encoding="utf-8")
    made(tmp_path)
    assert ":another-word@" in (tmp_path / url).read_text(encoding="utf-8")
    assert made(tmp_path, "--elsewhere") == ""
    if url.endswith("redis_url"):
        assert ">another-word " in (tmp_path / "redis_users.acl").read_text(encoding="utf-8")


def test_an_empty_url_is_made_anew(tmp_path: Path) -> None:
    made(tmp_path)
    first = contents(tmp_path)
    (tmp_path / "app_database_url").write_text("", encoding="utf-8")
    made(tmp_path)
    assert contents(tmp_path) == first


@pytest.mark.parametrize(
    ("environment", "file", "taken"),
    [
        ({}, "", "secrets"),
        ({}, "FAREWIRE_SECRETS=/srv/farewire\n", "/srv/farewire"),
        ({}, "FAREWIRE_PORT=80\nexport FAREWIRE_SECRETS='/srv/fare wire' \n#FAREWIRE_SECRETS=/none\n", "/srv/fare wire"),
        ({"FAREWIRE_SECRETS": "/run/own"}, "FAREWIRE_SECRETS=/srv/farewire\n", "/run/own"),
    ],
)
def test_scripts_take_a_setting_from_where_compose_does(tmp_path: Path, environment: dict[str, str], file: str, taken: str) -> None:
    (tmp_path / "deploy").mkdir()
    script = (ROOT / "deploy/setting.sh").read_text(encoding="utf-8")
    (tmp_path / "deploy/setting.sh").write_text(script, encoding="utf-8")
    if file:
        (tmp_path / ".env").write_text(file, encoding="utf-8")
    command = ["sh", str(tmp_path / "deploy/setting.sh"), "FAREWIRE_SECRETS", "secrets"]
    answer = subprocess.run(command, env={"PATH": "/usr/bin:/bin", **environment}, check=True, capture_output=True, text=True)
    assert answer.stdout == f"{taken}\n"


@pytest.fixture
def docker(tmp_path: Path) -> PlayedDocker:
    """A site whose Redis knows the passwords that were made."""
    docker = PlayedDocker.made_in(tmp_path)
    made(docker.secrets)
    docker.says(redis_password=(docker.secrets / "redis_operator_password").read_text(encoding="utf-8"))
    docker.says(running_web="w", running_pricing_worker="p", running_ws_gateway="g")
    return docker


def passwords(docker: PlayedDocker) -> dict[str, str]:
    return {name: text for name, text in contents(docker.secrets).items() if name.startswith(("postgres_", "redis_")) and "url" not in name}


def test_a_rotation_changes_every_password_and_then_rolls(docker: PlayedDocker) -> None:
    before = passwords(docker)
    done = docker.run("rotate-secrets.sh")
    assert done.returncode == 0, done.stderr
    after = passwords(docker)
    assert after.keys() == before.keys(), "the old operator password is not kept longer than it is needed"
    assert not set(after.values()) & set(before.values())
    sql = (docker.directory / "sql").read_text(encoding="utf-8")
    assert after["postgres_app_password"] in sql
    rolled = [line.split()[-3] for line in docker.asked if line.startswith("compose up")]
    assert rolled == ["web", "pricing-worker", "ws-gateway"]
    words = " ".join(docker.asked)
    assert not [name for name, word in {**before, **after}.items() if word in words], "a password stood in a process list"


def test_a_rotation_that_redis_refuses_ends_before_anything_is_replaced_and_can_be_run_again(docker: PlayedDocker) -> None:
    docker.says(acl_load_answers="ERR /run/secrets/redis_users.acl:3: Error in ACL")
    done = docker.run("rotate-secrets.sh")
    assert done.returncode == 1
    assert "Error in ACL" in done.stderr
    assert "Run this again" in done.stderr
    assert not [line for line in docker.asked if line.startswith("compose up")]

    docker.says(acl_load_answers="")
    again = docker.run("rotate-secrets.sh")
    assert again.returncode == 0, again.stderr
    assert not list(docker.secrets.glob("*.old"))


def test_a_rotation_changes_nothing_where_redis_knows_another_operator(docker: PlayedDocker) -> None:
    docker.says(redis_password="of-another-directory")
    before = contents(docker.secrets)
    done = docker.run("rotate-secrets.sh")
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert "docker compose restart redis" in done.stderr
    assert contents(docker.secrets) == before
    assert not (docker.directory / "sql").exists()


def test_a_rotation_refuses_where_a_url_is_the_operators_own(docker: PlayedDocker) -> None:
    (docker.secrets / "gateway_redis_url").write_text("rediss://cache.example.net:6380/0", encoding="utf-8")
    before = contents(docker.secrets)
    done = docker.run("rotate-secrets.sh")
    assert done.returncode == 1
    assert "gateway_redis_url" in done.stderr
    assert contents(docker.secrets) == before
    assert docker.asked == []
