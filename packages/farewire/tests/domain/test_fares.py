from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire.domain.brands import brand_amounts
from farewire.domain.distance import great_circle_miles
from farewire.domain.fares import BOOKING_CLASSES, WHOLE, fare_ladder, mean_fare
from farewire.domain.states import BrandCode, CabinCode

JFK, LAX = (40.6398, -73.7789), (33.9425, -118.4081)


def test_distance_is_the_great_circle_in_statute_miles() -> None:
    assert great_circle_miles(*JFK, *LAX) == pytest.approx(2475, abs=8)
    assert great_circle_miles(*JFK, *JFK) == 1


def test_the_mean_fare_follows_the_distance_equation() -> None:
    assert mean_fare(2475) == pytest.approx(26119, abs=60)
    assert mean_fare(187) == pytest.approx(10080, abs=60)


@pytest.mark.parametrize("cabin", list(CabinCode))
def test_demand_shares_add_up_to_the_cabin(cabin: CabinCode) -> None:
    assert sum(entry.share for entry in BOOKING_CLASSES[cabin]) == pytest.approx(1.0)


def test_economy_earns_about_the_market_s_mean_fare() -> None:
    mean = sum(entry.share * entry.multiplier for entry in BOOKING_CLASSES[CabinCode.ECONOMY])
    assert mean == pytest.approx(1.0, abs=0.05)


def test_no_booking_class_is_in_two_cabins() -> None:
    codes = [entry.code for classes in BOOKING_CLASSES.values() for entry in classes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("cabin", list(CabinCode))
def test_better_classes_close_no_earlier_than_cheaper_ones(cabin: CabinCode) -> None:
    """Advance purchase closes a ladder from its foot, so the open classes are always the first ones."""
    days = [entry.advance_days for entry in BOOKING_CLASSES[cabin]]
    assert days == sorted(days)
    assert days[0] == 0


@given(cabin=st.sampled_from(list(CabinCode)), miles=st.integers(1, 12500))
def test_a_ladder_falls_strictly_in_whole_dollars(cabin: CabinCode, miles: int) -> None:
    fares = fare_ladder(cabin, miles)
    assert all(better > cheaper > 0 for better, cheaper in pairwise(fares))
    assert all(fare % WHOLE == 0 for fare in fares)


@given(base=st.integers(1, 50000).map(lambda dollars: dollars * WHOLE))
def test_brands_never_cost_less_than_the_one_before(base: int) -> None:
    amounts = brand_amounts(base)
    assert list(amounts) == list(BrandCode)
    assert amounts[BrandCode.BASIC] == base
    assert amounts[BrandCode.BASIC] < amounts[BrandCode.STANDARD] < amounts[BrandCode.FLEX]
    assert all(amount % WHOLE == 0 for amount in amounts.values())
