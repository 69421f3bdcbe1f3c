"""uvicorn, stopped our way: it would close every socket at once on SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import structlog
import uvicorn
from asgiref.typing import ASGI3Application

from farewire_gateway.configuration import GatewaySettings
from farewire_gateway.drain import drain
from farewire_gateway.hub import TopicHub
from farewire_gateway.lifespan import HUB
from farewire_gateway.protocol import FeedProtocol

_SEND_BUFFER_BYTES = 262_144
"""What the kernel may hold for one reader who does not read; it would let that grow to megabytes."""

_CLOSE_SECONDS = 3
_BACKLOG = 2048

log = structlog.get_logger(__name__)


class GatewayServer(uvicorn.Server):
    """Serves one hub until told to drain."""

    def __init__(self, application: ASGI3Application, settings: GatewaySettings) -> None:
        self.settings = settings
        self._draining: asyncio.Task[None] | None = None
        super().__init__(
            uvicorn.Config(
                cast("uvicorn._types.ASGIApplication", application),  # noqa: SLF001  # the same protocol, typed twice
                ws=FeedProtocol,
                # Our own limit answers with a sentence; this one, above it, closes with 1009 before the rest is read.
                ws_max_size=settings.feed_message_bytes * 4,
                ws_ping_interval=settings.feed_heartbeat_seconds,
                ws_ping_timeout=settings.feed_heartbeat_seconds,
                # Compression would cost each socket its own copy and its own deflate of what all of them get.
                ws_per_message_deflate=False,
                lifespan="on",
                log_config=None,
                # uvicorn tells of each handshake and each goodbye; metrics do that.
                log_level=settings.log_level if settings.log_level == "debug" else "warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_CLOSE_SECONDS,
            )
        )

    @property
    def hub(self) -> TopicHub:
        """The hub; there is one once the server has started."""
        return cast("TopicHub", self.lifespan.state[HUB])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `stop_on_signals`: uvicorn raises them again at the end, and an orderly stop would not exit with 0."""
        yield

    def stop_on_signals(self) -> None:
        """Drain on SIGTERM or SIGINT, and stop at once on the second."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)

    def stop(self) -> None:
        """Begin to drain; called again, say goodbye to all at once."""
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain(), name="drain")
        else:
            self._draining.cancel()

    async def _drain(self) -> None:
        try:
            if self.started:
                # New handshakes go elsewhere at once: the proxy is refused and takes the next gateway.
                for listener in self.servers:
                    listener.close()
                await drain(self.hub, seconds=self.settings.drain_seconds, chance=random.Random())  # noqa: S311
        finally:
            self.should_exit = True


def listen(bind: str) -> socket.socket:
    """A listening socket for "host:port" or "unix:/path"; raises `OSError`."""
    if bind.startswith("unix:"):
        path = Path(bind.removeprefix("unix:"))
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        path.chmod(0o666)  # whoever may enter the directory may connect, the proxy among them
    else:
        host, _, port = bind.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener
