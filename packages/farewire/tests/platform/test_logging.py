from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, structlog
from farewire.platform.logging import logging_configure
logging_configure(service="test", release="dev", style="{style}")

def connect(url):
    raise OSError("nobody there")

try:
    connect("postgresql://me:a-secret@one/farewire".replace("a-secret", "hidden" + "-password"))
except OSError:
    {log}
"""


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("log", ["structlog.get_logger('ours').exception('failed')", "logging.getLogger('theirs').exception('failed')"])
def test_a_traceback_names_the_fault_and_shows_no_variable(style: str, log: str):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(style=style, log=log)], capture_output=True, text=True, check=True, timeout=60
    )
    assert "nobody there" in done.stdout
    assert "connect" in done.stdout
    assert "hidden-password" not in done.stdout
    if style == "json":
        (line,) = done.stdout.splitlines()
        event = json.loads(line)
        assert (event["event"], event["level"], event["service"]) == ("failed", "error", "test")
        assert event["exception"][0]["exc_type"] == "OSError"
