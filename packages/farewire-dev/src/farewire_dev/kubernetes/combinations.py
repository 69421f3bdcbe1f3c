"""Which components are rendered together: each alone, and every pair of those that may meet, in a few overlays."""

from __future__ import annotations

import itertools

COMBINATIONS: tuple[tuple[str, ...], ...] = (
    (),
    ("network-policies",),
    ("monitoring",),
    ("hpa",),
    ("keda",),
    ("ingress",),
    ("gateway-api",),
    ("tls",),
    ("dev-datastores",),
    ("weekly-schedule",),
    ("network-policies", "monitoring", "hpa", "ingress", "weekly-schedule"),
    ("network-policies", "monitoring", "keda", "gateway-api"),
    ("dev-datastores", "network-policies", "monitoring", "hpa", "gateway-api", "weekly-schedule"),
    ("dev-datastores", "network-policies", "monitoring", "keda", "ingress"),
    ("network-policies", "monitoring", "hpa", "tls"),
    ("dev-datastores", "network-policies", "monitoring", "keda", "tls", "weekly-schedule"),
)

EXCLUSIVE: tuple[frozenset[str], ...] = (
    frozenset({"hpa", "keda"}),
    *(frozenset(pair) for pair in itertools.combinations(("ingress", "gateway-api", "tls"), 2)),
)
"""Alternatives: two of a kind would work against each other."""
