from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farewire.domain.choice import efficient_sets, marginal_revenues, offer_sets
from farewire.domain.protection import emsr_b, rounded

FIGURES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "acceptance" / "pricing.json").read_text())

FIIG = FIGURES["protection_levels"][2]
TRANSFORM = FIGURES["fare_transform"]
SETS = FIGURES["choice_efficient_sets"]


def test_buying_down_turns_fares_into_marginal_revenues() -> None:
    adjusted = marginal_revenues(fares=FIIG["fares"], means=FIIG["mean"])
    published = TRANSFORM["adjusted_fares"]
    assert adjusted[: len(published)] == pytest.approx(published, abs=1)
    assert [fare > 0 for fare in adjusted].index(False) + 1 == TRANSFORM["inefficient_from_class"]


def test_protection_by_marginal_revenue_is_the_published_one() -> None:
    adjusted = marginal_revenues(fares=FIIG["fares"], means=FIIG["mean"])
    open_classes = TRANSFORM["inefficient_from_class"] - 1
    levels = emsr_b(fares=adjusted[:open_classes], means=FIIG["mean"][:open_classes], sds=FIIG["sd"][:open_classes])
    assert [0, *rounded(levels)] == TRANSFORM["emsr_b_mr"]


def test_efficient_sets_are_the_published_ones() -> None:
    sets = offer_sets(fares=SETS["fares"], purchase_probability=SETS["purchase_probability"])
    frontier = efficient_sets(sets)
    assert [entry.name for entry in frontier] == SETS["efficient"]
    assert [entry.opens_below for entry in frontier[1:]] == pytest.approx(SETS["switch_at_marginal_value"])
