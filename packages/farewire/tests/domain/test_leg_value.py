from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farewire.domain.leg_value import bid_prices, leg_values

FIGURES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "acceptance" / "pricing.json").read_text())

LEG = FIGURES["leg_dp_small"]


def test_seat_values_are_the_worked_example() -> None:
    values = leg_values(fares=LEG["fares"], arrivals=LEG["arrival_probability_by_period"], capacity=3)
    for period, row in enumerate(values, start=1):
        assert row == pytest.approx(LEG["value_by_seats"][f"period_{period}"], abs=0.0005)


def test_a_scarcer_seat_is_worth_more() -> None:
    values = leg_values(fares=LEG["fares"], arrivals=LEG["arrival_probability_by_period"], capacity=3)
    prices = bid_prices(values[0])
    assert prices == sorted(prices, reverse=True)
