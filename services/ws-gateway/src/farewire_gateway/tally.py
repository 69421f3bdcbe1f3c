"""Counts on the hot path: plain integers, read by the metrics when they are scraped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What one hub has done since it started."""

    frames: int = 0
    conflated: int = 0
    connections: int = 0
    updates: int = 0
    heals: Counter[str] = field(default_factory=lambda: _zeroes("gap", "behind", "epoch", "absent", "recovered"))
    errors: Counter[str] = field(default_factory=lambda: _zeroes("invalid_message", "unknown_topic", "too_many_topics"))
    refusals: Counter[str] = field(default_factory=lambda: _zeroes("full", "draining"))
    layer_resets: int = 0


def _zeroes(*labels: str) -> Counter[str]:
    """Labels that are exported from the start, so that their first increase is seen as one."""
    return Counter(dict.fromkeys(labels, 0))
