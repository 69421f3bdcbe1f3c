"""A release's name always means the same images: nothing is built under it unasked, nor over what has it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose_file import ROOT
from tests.deploy.played_docker import PlayedDocker

ALL = "farewire-web:1.4.0\nfarewire-gateway:1.4.0\nfarewire-pricing:1.4.0"


@pytest.fixture
def docker(tmp_path: Path) -> PlayedDocker:
    return PlayedDocker.made_in(tmp_path)


def commit() -> str:
    """What is checked out, where this is a checkout."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def built(docker: PlayedDocker) -> list[str]:
    return [line for line in docker.asked if line.startswith("compose build")]


def test_dev_is_built_each_time(docker: PlayedDocker) -> None:
    docker.says(images=ALL.replace("1.4.0", "dev"))
    assert docker.run("images.sh", "dev").returncode == 0
    assert len(built(docker)) == 1


def test_a_release_that_is_here_is_never_built_again(docker: PlayedDocker) -> None:
    docker.says(images=ALL)
    assert docker.run("images.sh", "1.4.0", BUILD="1").returncode == 0
    assert built(docker) == []


def test_a_release_that_is_missing_is_not_made_of_whatever_is_checked_out(docker: PlayedDocker) -> None:
    docker.says(images="farewire-web:1.4.0")
    done = docker.run("images.sh", "1.4.0")
    assert done.returncode == 1
    assert "1.4.0" in done.stderr
    assert "ws-gateway pricing-worker" in done.stderr
    assert "BUILD=1" in done.stderr
    assert built(docker) == []


def test_what_is_missing_is_built_where_somebody_asks(docker: PlayedDocker) -> None:
    docker.says(images="farewire-web:1.4.0")
    assert docker.run("images.sh", "1.4.0", BUILD="1", FAREWIRE_REVISION="abc").returncode == 0
    assert built(docker) == ["compose build ws-gateway pricing-worker [1.4.0 abc]"]


def test_make_up_builds_this_checkout_and_no_other_release(docker: PlayedDocker) -> None:
    docker.says(images=ALL)
    done = docker.make("up")
    assert done.returncode == 0, done.stderr
    assert docker.asked[-1].startswith("compose up --build --wait [")
    assert docker.asked[-1].endswith(f" {commit()}]")
    assert docker.make("up", FAREWIRE_REVISION="abc").returncode == 0
    assert docker.asked[-1].endswith(" abc]")
    assert docker.make("up", FAREWIRE_RELEASE="1.4.0").returncode == 0
    assert docker.asked[-1].startswith("compose up --no-build --wait [1.4.0")
    assert docker.make("up", FAREWIRE_RELEASE="1.3.0").returncode != 0
    assert not docker.asked[-1].startswith("compose up")


def test_an_upgrade_to_a_release_that_is_missing_ends_before_it_touches_the_site(docker: PlayedDocker) -> None:
    done = docker.run("upgrade.sh", "1.5.0")
    assert done.returncode == 1
    assert "BUILD=1" in done.stderr
    assert {line.split()[0] + " " + line.split()[1] for line in docker.asked} <= {"image inspect", "compose config"}


def test_a_roll_says_so_where_nothing_runs(docker: PlayedDocker) -> None:
    done = docker.run("roll.sh", "web")
    assert done.returncode == 1
    assert "no container of web runs" in done.stderr


def test_a_roll_waits_for_the_new_containers_alone_and_then_ends_the_old(docker: PlayedDocker) -> None:
    """`up --wait` would fail on an old one that is unhealthy, which is the one to replace."""
    docker.says(running_web="old-1\nold-2")
    done = docker.run("roll.sh", "web")
    assert done.returncode == 0, done.stderr
    (started,) = [line for line in docker.asked if line.startswith("compose up")]
    assert "--scale web=4 web" in started
    assert "--wait" not in started
    assert [line.split()[:2] for line in docker.asked if line.startswith(("stop", "rm"))] == [
        ["stop", "old-1"], ["rm", "old-1"], ["stop", "old-2"], ["rm", "old-2"],
    ]  # fmt: skip


def test_a_roll_takes_new_containers_that_are_not_healthy_away_again(docker: PlayedDocker) -> None:
    docker.says(running_web="old-1", health="unhealthy")
    done = docker.run("roll.sh", "web")
    assert done.returncode == 1
    assert "the old ones stay" in done.stderr
    assert [line.split()[:3] for line in docker.asked if line.startswith(("stop", "rm"))] == [["rm", "--force", "new-web"]]


def test_images_name_the_commit_that_they_were_built_of(docker: PlayedDocker) -> None:
    assert docker.run("images.sh", "dev").returncode == 0
    assert built(docker) == [f"compose build [dev {commit()}]"]
