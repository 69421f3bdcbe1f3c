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
    heals: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    layer_resets: int = 0
