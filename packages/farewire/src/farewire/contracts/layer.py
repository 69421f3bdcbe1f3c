"""What travels between workers and gateways through the channel layer."""

from __future__ import annotations

from typing import NotRequired, TypedDict

FEED_UPDATE = "feed.update"


class FeedUpdate(TypedDict):
    """One topic's change, sent to the topic's group; `flights` are contract flights as plain values."""

    type: str
    topic: str
    epoch: str
    seq: int
    ts: float
    flights: list[dict[str, object]]
    rebuilt: NotRequired[bool]
