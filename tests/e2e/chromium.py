"""Where Chromium is: an installed one, or Debian's own package where we may install it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "CHROMIUM"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Chromium:
    """Either a path, or why there is none."""

    path: str | None
    why: str


@cache
def chromium() -> Chromium:
    """Find Chromium; as root, install it with apt where none is found. Asked once in a run."""
    named = os.environ.get(VARIABLE)
    if named:
        return Chromium(named, f"named by {VARIABLE}")
    if found := _installed():
        return Chromium(found, "installed")
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return Chromium(None, f"no Chromium is installed, and only root can have apt install it; {VARIABLE} names another one")
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium"]):
        done = subprocess.run(
            command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, text=True, timeout=420, check=False
        )
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            return Chromium(None, f"`{' '.join(command)}` failed: {' '.join(last)}")
    return Chromium(_installed(), "installed by apt just now")


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
