"""The internal port: `/metrics`, `/livez`, `/readyz` and `/startupz`, which the front door never exposes.

It is served by a thread of its own, so that it answers while the service is busy; whether the service's own loop still
turns is told by a `Heartbeat`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

Check = Callable[[], str | None]
"""Answers None when all is well, otherwise a short reason; an exception counts as a reason too."""


class Heartbeat:
    """Tells whether a loop that calls `beat` has done so within `limit_seconds`."""

    def __init__(self, *, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._last = time.monotonic()

    def beat(self) -> None:
        """The loop turned."""
        self._last = time.monotonic()

    def check(self) -> str | None:
        """None while the loop turns, otherwise for how long it has not."""
        age = time.monotonic() - self._last
        return None if age <= self._limit else f"the loop has not turned for {age:.1f} s"


@dataclass
class Health:
    """What a service says of itself; `started` and `draining` are set by the service as it lives."""

    live: Mapping[str, Check] = field(default_factory=dict)
    ready: Mapping[str, Check] = field(default_factory=dict)
    registry: Callable[[], CollectorRegistry] = lambda: REGISTRY
    started: threading.Event = field(default_factory=threading.Event)
    draining: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body for a path of the internal port."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(self.registry())
        if path == "/livez":
            return self._report(self.live)
        if path == "/startupz":
            return self._report({"started": lambda: None if self.started.is_set() else "still starting"})
        if path == "/readyz":
            own: dict[str, Check] = {
                "started": lambda: None if self.started.is_set() else "still starting",
                "draining": lambda: "draining" if self.draining.is_set() else None,
            }
            return self._report({**own, **self.ready})
        return 404, "application/json", b'{"status":"unknown path"}'

    @staticmethod
    def _report(checks: Mapping[str, Check]) -> tuple[int, str, bytes]:
        reasons: dict[str, str] = {}
        for name, check in checks.items():
            try:
                reason = check()
            except Exception as error:  # noqa: BLE001  whatever a dependency raises is the reason why it is not ready
                reason = f"{type(error).__name__}: {error}"
            if reason is not None:
                reasons[name] = reason
        body = json.dumps({"status": "ok"} if not reasons else {"status": "failing", "reasons": reasons}).encode()
        return (503 if reasons else 200), "application/json", body


class InternalServer:
    """Serves a `Health` on `bind` ("host:port") from a daemon thread until stopped."""

    def __init__(self, health: Health, *, bind: str) -> None:
        host, _, port = bind.rpartition(":")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout: ClassVar[float] = 10.0

            def do_GET(self) -> None:
                status, content_type, body = health.answer(self.path.partition("?")[0])
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Scrapes and probes are not events."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self._server = Server((host.strip("[]"), int(port)), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="internal-port", daemon=True)

    @property
    def port(self) -> int:
        """The port in use, also where port 0 was asked for."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
