"""gunicorn with our settings: processes of threads behind the reverse proxy, and an internal port in their parent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django
import structlog
from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from farewire.platform.health import Health, Heartbeat, InternalServer
from farewire.platform.metrics import build_announce, registry_of_all_processes
from farewire_web.draining_worker import DrainingWorker
from farewire_web.metrics import hold_failures_announce

LOOP_LIMIT_SECONDS = 15.0
WORKER_TIMEOUT_SECONDS = 30
GRACEFUL_SECONDS = 25
KEEPALIVE_SECONDS = 75  # longer than the proxy keeps its connections, so that it never writes to one that just closed
BACKLOG = 1024

log = structlog.get_logger("farewire_web.serve")


class EventLogger(Logger):  # type: ignore[misc]  # it ships no types
    """gunicorn's own messages as events among ours; requests are logged by our middleware."""

    def setup(self, cfg: Any) -> None:
        """Leave the handlers to the root logger."""
        self.error_log.propagate = True
        self.error_log.handlers = []
        self.access_log.disabled = True
        self.cfg = cfg
        self.logfile = None


class WatchedArbiter(Arbiter):  # type: ignore[misc]  # it ships no types
    """gunicorn's parent process, whose loop is watched and which says when it drains."""

    def __init__(self, application: BaseApplication, *, heartbeat: Heartbeat, health: Health) -> None:
        self._heartbeat = heartbeat
        self._health = health
        super().__init__(application)

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Tell that the loop turned."""
        self._heartbeat.beat()
        return list(super().wait_for_signals(timeout))

    def stop(self, graceful: bool = True) -> None:  # noqa: FBT001, FBT002  # gunicorn's signature
        """Stop the workers after what they have in hand, not ready for more."""
        self._health.draining.set()
        super().stop(graceful)


class Site(BaseApplication):  # type: ignore[misc]  # it ships no types
    """The WSGI application, loaded once in the parent so that the workers share its memory."""

    def __init__(self, options: dict[str, object]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options instead of gunicorn's command line."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Import the application."""
        from farewire_web.wsgi import application  # noqa: PLC0415  # reads the settings, which serve() has checked

        return application


def serve() -> None:
    """Answer requests until SIGTERM; never returns, but exits the process."""
    django.setup()
    from farewire_web.readiness import DatabaseReadiness  # noqa: PLC0415  # these read the settings
    from farewire_web.settings import FAREWIRE  # noqa: PLC0415
    from farewire_web.static_files import static_files_collect  # noqa: PLC0415

    if static_files_collect():
        log.info("static files collected")
    build_announce(service="web", release=FAREWIRE.release)
    hold_failures_announce()
    heartbeat = Heartbeat(limit_seconds=LOOP_LIMIT_SECONDS)
    database = DatabaseReadiness(database_url=FAREWIRE.database_url.get_secret_value())
    health = Health(live={"loop": heartbeat.check}, ready={"database": database.check}, registry=registry_of_all_processes)
    internal = InternalServer(health, bind=FAREWIRE.internal_bind)

    def ready(_arbiter: Arbiter) -> None:
        health.started.set()
        log.info("serving", bind=FAREWIRE.bind, internal_port=internal.port, workers=FAREWIRE.web_workers, threads=FAREWIRE.web_threads)

    def gone(_arbiter: Arbiter, worker: Any) -> None:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

    memory = Path("/dev/shm")  # noqa: S108  # gunicorn makes unnamed files there
    site = Site(
        {
            "bind": FAREWIRE.bind,
            "workers": FAREWIRE.web_workers,
            "worker_class": DrainingWorker,
            "threads": FAREWIRE.web_threads,
            "preload_app": True,
            "timeout": WORKER_TIMEOUT_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": KEEPALIVE_SECONDS,
            "backlog": BACKLOG,
            "logger_class": EventLogger,
            "control_socket_disable": True,
            "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
            "when_ready": ready,
            "child_exit": gone,
        }
    )
    internal.start()
    WatchedArbiter(site, heartbeat=heartbeat, health=health).run()
