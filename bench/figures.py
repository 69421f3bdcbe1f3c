"""Percentiles and lines of figures, alike in every benchmark."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from math import ceil
from urllib.parse import urlsplit


def percentile(values: Sequence[float], share: float) -> float:
    """The value below or at which `share` of `values` lie, by nearest rank; not a number where there are none."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else float("nan")


def line(name: str, seconds: Sequence[float]) -> str:
    """One line of a table: how many, p50, p95, p99 and the longest in milliseconds, and p99/p50."""
    p50, p95, p99, longest = (1000 * percentile(seconds, share) for share in (0.5, 0.95, 0.99, 1.0))
    ratio = f"{p99 / p50:5.1f}" if p50 > 0 else "    -"
    return f"{name:<34}{len(seconds):>6}{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}{longest:>9.1f}{ratio:>9}"


HEADER = f"{'':<34}{'n':>6}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}{'p99/p50':>9}"


def loopback_only(url: str) -> str:
    """`url` without a final slash; ValueError for one that is not on this machine, which nobody asked to be measured."""
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{url} is not on this machine; benchmarks hold seats and only do so on a loopback address")
    return url.rstrip("/")
