"""A `docker` for scripts under test: it keeps what it was asked, and plays Redis, PostgreSQL and images as they were said to be."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.compose_file import ROOT

_PLAYED = """#!{python}
import os, pathlib, sys
played, words = pathlib.Path(__file__).parent, sys.argv[1:]
with open(played / "asked", "a") as asked:
    print(*words, f"[{{os.environ.get('FAREWIRE_RELEASE', '')}} {{os.environ.get('FAREWIRE_REVISION', '')}}]", file=asked)
said = lambda name: (played / name).read_text() if (played / name).exists() else ""
if "redis-cli" in words:
    known = False
    for line in sys.stdin.read().splitlines():
        match line.split():
            case ["AUTH", "operator", password]:
                known = password == said("redis-password")
                print("OK" if known else "WRONGPASS invalid username-password pair or user is disabled.")
            case ["ACL", "LOAD"] if not known:
                print("NOAUTH Authentication required.")
            case ["ACL", "LOAD"]:
                print(said("acl-load-answers") or "OK")
                if not said("acl-load-answers"):
                    secrets = pathlib.Path(os.environ["FAREWIRE_SECRETS"])
                    (played / "redis-password").write_text((secrets / "redis_operator_password").read_text())
elif "psql" in words:
    (played / "sql").write_text(sys.stdin.read())
elif words[:3] == ["compose", "ps", "--quiet"]:
    print(said(f"running-{{words[3]}}"))
elif words[:4] == ["compose", "ps", "--all", "--quiet"]:
    print(said(f"running-{{words[4]}}"), f"new-{{words[4]}}", sep="\\n")
elif words[:1] == ["inspect"]:
    print(said("health") or "healthy")
elif words[:2] == ["image", "inspect"]:
    sys.exit(not set(words[2:]) <= set(said("images").split()))
elif words[:3] == ["compose", "config", "--images"]:
    print(*(f"farewire-{{name}}:{{os.environ['FAREWIRE_RELEASE']}}" for name in ("web", "web", "gateway", "pricing")), "redis:8", sep="\\n")
"""


@dataclass(frozen=True)
class PlayedDocker:
    """Stands in a directory of its own, first on the path of the scripts that it runs."""

    directory: Path
    secrets: Path

    @classmethod
    def made_in(cls, directory: Path) -> PlayedDocker:
        played = directory / "played"
        played.mkdir()
        (played / "docker").write_text(_PLAYED.format(python=sys.executable), encoding="utf-8")
        (played / "docker").chmod(0o755)
        return cls(directory=played, secrets=directory / "secrets")

    def says(self, **texts: str) -> None:
        """What it plays from now on: `redis_password`, `acl_load_answers`, `running_web`, `health`, `images` (a line each)."""
        for name, text in texts.items():
            (self.directory / name.replace("_", "-")).write_text(text, encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        """The command lines, each with [release revision] of its environment."""
        path = self.directory / "asked"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one of deploy's scripts with it."""
        return self._command("sh", f"deploy/{script}", *arguments, **environment)

    def make(self, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Make a target with it."""
        return self._command("make", target, **environment)

    def _command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=ROOT,
            env={"PATH": f"{self.directory}:{os.environ['PATH']}", "FAREWIRE_SECRETS": str(self.secrets), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
