"""Where the processes of the service leave their figures for one of them to add up."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def metrics_directory() -> Iterator[Path]:
    """Give this service's processes an empty directory of their own, in memory where there is one, and remove it at the end.

    MUST BE ENTERED BEFORE `prometheus_client` IS IMPORTED, which looks for the directory then and never again. Processes that
    were forked leave the removal to their parent.
    """
    owner = os.getpid()
    memory = Path("/dev/shm")  # noqa: S108  # the directory is made by mkdtemp, private to this user
    parent = memory if os.access(memory, os.W_OK) else None
    directory = Path(os.environ.get(VARIABLE) or tempfile.mkdtemp(prefix="farewire-web-metrics-", dir=parent))
    directory.mkdir(parents=True, exist_ok=True)
    for left_over in directory.glob("*.db"):
        left_over.unlink()
    os.environ[VARIABLE] = str(directory)
    try:
        yield directory
    finally:
        if os.getpid() == owner:
            shutil.rmtree(directory, ignore_errors=True)
