from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire.domain.protection import (
    booking_limits,
    emsr_a,
    emsr_b,
    littlewood,
    littlewood_poisson,
    rounded,
)

FIGURES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "acceptance" / "pricing.json").read_text())

LEVELS = FIGURES["protection_levels"]
NAMES = [entry["name"] for entry in LEVELS]
FIIG = LEVELS[2]


@pytest.mark.parametrize("entry", LEVELS, ids=NAMES)
def test_emsr_b_reproduces_the_published_levels(entry: dict[str, Any]) -> None:
    levels = emsr_b(fares=entry["fares"], means=entry["mean"], sds=entry["sd"])
    assert levels == pytest.approx(entry["emsr_b"], abs=entry["tolerance"])


@pytest.mark.parametrize("entry", LEVELS[:2], ids=NAMES[:2])
def test_emsr_a_reproduces_the_published_levels(entry: dict[str, Any]) -> None:
    levels = emsr_a(fares=entry["fares"], means=entry["mean"], sds=entry["sd"])
    assert levels == pytest.approx(entry["emsr_a"], abs=entry["tolerance"])


def test_levels_round_to_whole_seats() -> None:
    levels = emsr_b(fares=FIIG["fares"], means=FIIG["mean"], sds=FIIG["sd"])
    assert rounded(levels) == FIIG["emsr_b_rounded"]


def test_booking_limits_share_out_the_capacity() -> None:
    limits = booking_limits(levels=FIIG["emsr_b_rounded"], capacity=100)
    assert limits == FIIG["booking_limits_capacity_100"]
    assert sum(limits) == 100


@pytest.mark.parametrize("entry", FIGURES["littlewood"][:2])
def test_littlewood_reproduces_the_published_level(entry: dict[str, Any]) -> None:
    level = littlewood(fares=tuple(entry["fares"]), mean=entry["mean"], sd=entry["sd"])
    assert level == pytest.approx(entry["level"], abs=0.005)


def test_littlewood_for_poisson_demand_is_a_whole_number() -> None:
    entry = FIGURES["littlewood"][2]
    assert littlewood_poisson(fares=tuple(entry["fares"]), mean=entry["poisson_mean"]) == entry["level"]


@pytest.mark.parametrize("none", [0.0, None])
def test_without_demand_nothing_is_protected(none: float | None) -> None:
    assert rounded(emsr_b(fares=FIIG["fares"], means=[none] * 6, sds=[none] * 6)) == [0] * 5


def test_without_variance_the_level_is_the_demand() -> None:
    entry = FIGURES["degenerate"][1]
    means = [31.2, 0, 14.8, 19.9, 0, 36.3]
    levels = rounded(emsr_b(fares=FIIG["fares"], means=means, sds=[0.0] * 6))
    assert [0, *levels] == entry["emsr_b_rounded"]


@pytest.mark.parametrize("fares", [[100.0, 200.0], [100.0, 0.0]])
def test_fares_out_of_order_are_refused(fares: list[float]) -> None:
    with pytest.raises(ValueError, match="highest to the lowest"):
        emsr_b(fares=fares, means=[1.0, 1.0], sds=[1.0, 1.0])


def test_a_class_without_demand_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="every class"):
        emsr_b(fares=[2.0, 1.0], means=[1.0], sds=[1.0])


@given(
    classes=st.lists(
        st.tuples(st.integers(1, 5000), st.floats(0, 200), st.floats(0, 60)),
        min_size=2,
        max_size=9,
    )
)
def test_levels_never_fall_and_are_never_negative(classes: list[tuple[int, float, float]]) -> None:
    classes.sort(reverse=True)
    fares, means, sds = zip(*classes, strict=True)
    levels = emsr_b(fares=fares, means=means, sds=sds)
    assert all(level >= 0 for level in levels)
    assert all(lower <= upper for lower, upper in pairwise(levels))
