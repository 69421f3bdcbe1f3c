from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farewire.domain.protection import emsr_a, emsr_b, rounded
from farewire.domain.seat_allocation import (
    discrete_normal,
    expected_revenue,
    optimal_levels,
)

FIGURES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "acceptance" / "pricing.json").read_text())

REVENUE = FIGURES["expected_revenue_low_before_high"]
EXAMPLE = FIGURES["protection_levels"][0]


def demands(entry: dict[str, Any]) -> list[list[float]]:
    return [discrete_normal(mean=mean, sd=sd) for mean, sd in zip(entry["mean"], entry["sd"], strict=True)]


def test_discrete_demand_is_a_probability() -> None:
    mass = discrete_normal(mean=17.3, sd=5.8)
    assert sum(mass) == pytest.approx(1.0)
    assert len(mass) == int(17.3 + 7 * 5.8) + 1


@pytest.mark.parametrize("entry", FIGURES["protection_levels"][:2], ids=["2.3", "2.4"])
def test_optimal_levels_are_the_published_ones(entry: dict[str, Any]) -> None:
    assert optimal_levels(capacity=150, fares=entry["fares"], demands=demands(entry)) == entry["optimal_integer"]


@pytest.mark.parametrize("row", REVENUE["rows"], ids=lambda row: str(row["capacity"]))
def test_expected_revenue_is_the_published_one(row: dict[str, Any]) -> None:
    fares, capacity = EXAMPLE["fares"], row["capacity"]
    distributions = demands(EXAMPLE)
    arguments = {"fares": fares, "means": EXAMPLE["mean"], "sds": EXAMPLE["sd"]}
    policies = {
        "optimal": optimal_levels(capacity=capacity, fares=fares, demands=distributions),
        "emsr_a": rounded(emsr_a(**arguments)),
        "emsr_b": rounded(emsr_b(**arguments)),
        "first_come": [0, 0, 0],
    }
    for name, levels in policies.items():
        revenue = expected_revenue(capacity=capacity, fares=fares, demands=distributions, levels=levels)
        assert revenue == pytest.approx(row[name], abs=REVENUE["tolerance"]), name
