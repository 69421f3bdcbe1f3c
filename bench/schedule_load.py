"""How long `load_schedule` takes and what memory it needs, on an empty PostgreSQL from a wheel with its usual settings.

    .venv/bin/python bench/schedule_load.py [--days 60]

Prints one line per load: the first, the same again, the same with one day more, and a changed file. Exits 1 when the
first takes over 30 s: the promise is 60 days of the shipped schedule, over 110,000 dated legs, on two cores.
"""

from __future__ import annotations

import argparse
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.postgres import PostgresServer

SCHEDULE = Path(__file__).parent.parent / "data" / "schedule.ssim"
LIMIT_SECONDS = 30.0
STARTS = "2026-12-01"


def manage(url: str, *arguments: str) -> tuple[float, str]:
    """Run one management command in a process of its own; seconds taken and what it printed."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "farewire_web.settings",
        "FAREWIRE_DATABASE_URL": url,
        "FAREWIRE_SECRET_KEY": secrets.token_urlsafe(40),
    }
    began = time.perf_counter()
    finished = subprocess.run([sys.executable, "-m", "django", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - began, finished.stdout.strip().splitlines()[-1] if finished.stdout.strip() else ""


def main() -> int:
    """Load, load again, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=60)
    days = parser.parse_args().days
    with tempfile.TemporaryDirectory(prefix="farewire-bench-") as directory:
        # The server runs as another user than root, who may not look into a directory made for root alone.
        Path(directory).chmod(0o755)
        server = PostgresServer(
            directory=Path(directory) / "data", port=free_ports(1)[0], password=secrets.token_urlsafe(16), log=Path(directory) / "log"
        )
        server.initialise()
        server.start()
        try:
            server.create_database("bench")
            url = server.url("bench")
            manage(url, "migrate", "--verbosity=0")
            changed = Path(directory) / "changed.ssim"
            # An hour later, every flight that departs at 08:00 or a minute of it.
            changed.write_text(
                "".join(
                    line[:39] + "09" + line[41:43] + "09" + line[45:] if line[0] == "3" and line[39:41] == "08" else line
                    for line in SCHEDULE.read_text().splitlines(keepends=True)
                )
            )
            first = 0.0
            for what, file, window in (
                ("first", SCHEDULE, days),
                ("same again", SCHEDULE, days),
                ("one day more", SCHEDULE, days + 1),
                ("changed file", changed, days + 1),
            ):
                seconds, said = manage(url, "load_schedule", str(file), "--redate", f"--starts={STARTS}", f"--days={window}")
                first = first or seconds
                print(f"{what:>12}: {seconds:5.1f} s  {said}", flush=True)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"largest process: {peak:.0f} MiB")
        finally:
            server.stop()
    return 0 if first <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
