"""`python -m farewire.platform.probe [PATH]`: asks this machine's internal port, for health checks in images without curl.

It needs the standard library alone and starts in a few hundredths of a second, since it runs every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys

DEFAULT_PATH = "/readyz"
DEFAULT_BIND = "0.0.0.0:9100"  # as in ServiceSettings, which a probe must not take the time to import
TIMEOUT_SECONDS = 3.0


def probe(path: str = DEFAULT_PATH, *, bind: str | None = None) -> tuple[bool, str]:
    """Whether `path` of the internal port on `bind` ("host:port") answers 200, and what it said."""
    port = (bind or os.environ.get("FAREWIRE_INTERNAL_BIND", DEFAULT_BIND)).rpartition(":")[2]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status == http.client.OK, answer.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return False, f"{type(error).__name__}: {error}"
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """Exit status 0 if the probe succeeds; the answer goes to standard output, where `docker inspect` shows it."""
    well, said = probe(*arguments[:1])
    sys.stdout.write(said + "\n")
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
