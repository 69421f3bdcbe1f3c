"""Which components are rendered together: each alone, and every pair of those that may meet, in a few overlays."""

from __future__ import annotations

COMBINATIONS: tuple[tuple[str, ...], ...] = (
    (),
    ("network-policies",),
    ("monitoring",),
    ("hpa",),
    ("keda",),
    ("ingress",),
    ("gateway-api",),
    ("dev-datastores",),
    ("network-policies", "monitoring", "hpa", "ingress"),
    ("network-policies", "monitoring", "keda", "gateway-api"),
    ("dev-datastores", "network-policies", "monitoring", "hpa", "gateway-api"),
    ("dev-datastores", "network-policies", "monitoring", "keda", "ingress"),
)

EXCLUSIVE: tuple[frozenset[str], ...] = (frozenset({"hpa", "keda"}), frozenset({"ingress", "gateway-api"}))
"""Alternatives: two of a kind would work against each other."""
