"""A gateway that a test plays, to say to a page what no real one says on demand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute


class PlayedGateway:
    """Takes the feed's sockets of a page: what the page sent, and what it is answered."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.sockets: list[WebSocketRoute] = []
        self.received: list[dict[str, Any]] = []
        page.route_web_socket("**/ws/flight_updates/", self._take)

    def _take(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.received.append(json.loads(text)))
        self.say(type="hello", protocol=1, connection=str(len(self.sockets)), heartbeat_seconds=20)

    def say(self, **message: Any) -> None:
        """Send one message on the newest socket."""
        self.sockets[-1].send(json.dumps(message))

    def snapshot(
        self, topic: str, *, epoch: str = "e1", seq: int = 1, recovered: bool = False, flights: tuple[dict[str, Any], ...] = ()
    ) -> None:
        """Send a topic's state."""
        self.say(type="snapshot", topic=topic, epoch=epoch, seq=seq, recovered=recovered, flights=list(flights))

    def update(self, topic: str, *, seq: int, flights: tuple[dict[str, Any], ...], epoch: str = "e1", ts: float = 1.0) -> None:
        """Send what changed."""
        self.say(type="update", topic=topic, epoch=epoch, seq=seq, ts=ts, flights=list(flights))

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the page's events come in until a condition holds."""
        for _ in range(400):
            if condition():
                return
            self._page.wait_for_timeout(25)
        pytest.fail("the page did not do it")
