"""The port through which a worker publishes; `farewire.outbox.relay.FeedPublisher` is what production plugs in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from farewire.outbox.relay import FlightUpdate, LoadTopic


class Publisher(Protocol):
    """Hands committed state to the feed."""

    def publish(self, updates: Sequence[FlightUpdate]) -> None:
        """Return once Redis has the updates; raises `PublishError`."""
        ...

    def beat(self) -> None:
        """Tell gateways that a worker lives; raises `PublishError`."""
        ...

    def serve_wanted(self, load_topic: LoadTopic, stop: threading.Event) -> None:
        """Rebuild the topics that gateways ask for, until `stop`."""
        ...

    def reconcile(self, load_topic: LoadTopic) -> int:
        """Merge watched topics from PostgreSQL anew; returns how many flights were behind."""
        ...
