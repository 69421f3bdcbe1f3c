"""The Dockerfiles keep to what an ops team expects of an image."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.compose_file import ROOT

SERVICES = ("web", "ws-gateway", "pricing-worker")
DOCKERFILES = [ROOT / "services" / name / "Dockerfile" for name in SERVICES] + [ROOT / "packages/farewire-dev/Dockerfile"]


def hadolint() -> str:
    """The linter's path, which stands beside the interpreter where the virtual environment is not activated."""
    return shutil.which("hadolint") or str(Path(sys.executable).with_name("hadolint"))


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_hadolint_finds_nothing(path: Path) -> None:
    answer = subprocess.run([hadolint(), "--no-color", str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_runs_one_program_as_10001_without_a_shell(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last_stage
    assert [line for line in last_stage if line.startswith("ENTRYPOINT [")]
    assert not [line for line in last_stage if line.startswith(("CMD ", "ENTRYPOINT ")) and "[" not in line]
    assert [line for line in last_stage if line.startswith("LABEL org.opencontainers.image.title")]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_made_of_what_the_lock_file_says(name: str) -> None:
    text = (ROOT / "services" / name / "Dockerfile").read_text(encoding="utf-8")
    syncs = [line for line in text.splitlines() if "uv sync" in line]
    assert len(syncs) == 2
    assert all("--frozen" in line and "--no-dev" in line for line in syncs)
    assert "--no-editable" in syncs[1]


def test_only_what_an_image_is_made_of_enters_the_build() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "*" in lines
    assert not [line for line in lines if line.startswith("!") and line.strip("!/") in {"secrets", ".git", ".env", "tests"}]
