from __future__ import annotations

import inspect
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire.domain.demand import DATA_COLLECTION_DAYS, DemandInputs, collection_point, forecast, next_collection_point
from farewire.domain.fares import BOOKING_CLASSES
from farewire.domain.states import CabinCode

MONDAY_MORNING = DemandInputs(cabin=CabinCode.ECONOMY, miles=2475, weekday=0, hour=8, capacity=150, collection_days=28.0, booked=30)


def test_a_forecast_may_know_the_flight_the_time_and_the_inventory_and_nothing_else() -> None:
    """Nothing about who asks can reach a price: there is no field to carry it."""
    known = {"cabin", "miles", "weekday", "hour", "capacity", "collection_days", "booked"}
    assert {field.name for field in fields(DemandInputs)} == known
    assert list(inspect.signature(forecast).parameters) == ["inputs"]
    assert set(MONDAY_MORNING.as_json()) == known


def test_the_same_inputs_give_the_same_forecast() -> None:
    assert forecast(MONDAY_MORNING) == forecast(replace(MONDAY_MORNING))


@pytest.mark.parametrize("cabin", list(CabinCode))
def test_demand_to_come_dwindles_towards_departure(cabin: CabinCode) -> None:
    totals = []
    for days in sorted(DATA_COLLECTION_DAYS, reverse=True):
        inputs = replace(MONDAY_MORNING, cabin=cabin, collection_days=days)
        found = forecast(inputs)
        totals.append(sum(found.means) / found.drift)
    assert all(earlier >= later for earlier, later in pairwise(totals))


def test_a_fuller_flight_than_expected_expects_more_to_come() -> None:
    empty, full = (forecast(replace(MONDAY_MORNING, booked=booked)) for booked in (0, 120))
    assert empty.drift < 1 < full.drift
    assert all(low < high for low, high in zip(empty.means, full.means, strict=True))


def test_a_peak_hour_expects_more_than_a_night_hour() -> None:
    peak, night = (forecast(replace(MONDAY_MORNING, hour=hour)) for hour in (17, 2))
    assert sum(peak.means) > sum(night.means)


def test_advance_purchase_closes_the_ladder_from_its_foot() -> None:
    classes = BOOKING_CLASSES[CabinCode.ECONOMY]
    by_days = {days: forecast(replace(MONDAY_MORNING, collection_days=days)).open_classes for days in (28.0, 21.0, 7.0, 0.125)}
    assert by_days == {28.0: len(classes), 21.0: len(classes) - 1, 7.0: len(classes) - 3, 0.125: 3}


@pytest.mark.parametrize(
    ("days_left", "passed", "coming"),
    [(400, 365.0, 365.0), (28.5, 35.0, 28.0), (28.0, 28.0, 21.0), (20.9, 21.0, 17.0), (0.1, 0.125, None), (-1, 0.125, None)],
)
def test_data_collection_points_are_passed_in_turn(days_left: float, passed: float, coming: float | None) -> None:
    assert collection_point(days_left) == passed
    assert next_collection_point(days_left) == coming


@given(
    cabin=st.sampled_from(list(CabinCode)),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    capacity=st.integers(0, 900),
    days=st.sampled_from(DATA_COLLECTION_DAYS),
    booked=st.integers(0, 900),
)
def test_a_forecast_is_never_negative(*, cabin: CabinCode, weekday: int, hour: int, capacity: int, days: float, booked: int) -> None:
    found = forecast(
        DemandInputs(cabin=cabin, miles=500, weekday=weekday, hour=hour, capacity=capacity, collection_days=days, booked=booked)
    )
    assert len(found.means) == len(found.sds) == found.open_classes >= 1
    assert all(mean >= 0 and sd >= 0 for mean, sd in zip(found.means, found.sds, strict=True))
