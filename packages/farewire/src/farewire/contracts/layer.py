"""What travels between workers and gateways through the channel layer."""

from __future__ import annotations

from typing import TypedDict

FEED_UPDATE = "feed.update"


class FeedUpdate(TypedDict):
    """One topic's change, sent to the topic's group.

    `flights` are (flight id, version, document), where the document is the contract's `Flight` as JSON, encoded once by
    the worker: a gateway copies it into frames and never parses it. An update without flights says that the topic was
    rebuilt and is to be read.
    """

    type: str
    topic: str
    epoch: str
    seq: int
    ts: float
    flights: list[tuple[str, int, bytes]]
