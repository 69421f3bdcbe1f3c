from __future__ import annotations

import hashlib
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire.domain.demand import DATA_COLLECTION_DAYS, DemandInputs
from farewire.domain.fares import WHOLE
from farewire.domain.leg_control import LegControl, control_compute
from farewire.domain.states import CabinCode

SMALL = LegControl(classes=("Y", "M", "V"), fares=(30000, 20000, 10000), levels=(5, 10), capacity=20)

demand_inputs = st.builds(
    DemandInputs,
    cabin=st.sampled_from(list(CabinCode)),
    miles=st.integers(50, 9000),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    capacity=st.integers(1, 500),
    collection_days=st.sampled_from(DATA_COLLECTION_DAYS),
    booked=st.integers(0, 500),
)


@pytest.mark.parametrize(
    ("seats_left", "fare_class", "amount", "protect"),
    [
        (20, "V", 10000, 10),
        (15, "V", 15000, 10),
        (11, "V", 19000, 10),
        (10, "M", 20000, 5),
        (6, "M", 28000, 5),
        (5, "Y", 30000, 0),
        (1, "Y", 30000, 0),
    ],
)
def test_the_next_seat_costs_the_lowest_open_class_and_rises_through_its_band(
    seats_left: int, fare_class: str, amount: int, protect: int
) -> None:
    quote = SMALL.next_seat(seats_left)
    assert (quote.fare_class, quote.amount, quote.protect) == (fare_class, amount, protect)


def test_no_seat_has_no_price() -> None:
    with pytest.raises(ValueError, match="no seat"):
        SMALL.next_seat(0)


def test_a_seat_at_a_level_is_worth_the_fare_below() -> None:
    assert [SMALL.bid_price(seats) for seats in (0, 5, 10, 20)] == [30000, 20000, 10000, 0]


@given(inputs=demand_inputs)
def test_each_seat_sold_makes_the_next_one_no_cheaper(inputs: DemandInputs) -> None:
    control = control_compute(inputs).control
    amounts = [control.next_seat(left).amount for left in range(inputs.capacity, 0, -1)]
    assert all(before <= after for before, after in pairwise(amounts))
    assert all(amount % WHOLE == 0 for amount in amounts)
    assert amounts[-1] == control.fares[0] if not control.levels or control.levels[0] >= 1 else True


@given(inputs=demand_inputs)
def test_no_seat_is_sold_below_what_it_is_worth(inputs: DemandInputs) -> None:
    control = control_compute(inputs).control
    for left in range(1, inputs.capacity + 1):
        assert control.next_seat(left).amount + WHOLE >= control.bid_price(left)


@given(inputs=demand_inputs)
def test_a_class_sells_only_above_its_protection(inputs: DemandInputs) -> None:
    control = control_compute(inputs).control
    for left in range(1, inputs.capacity + 1):
        quote = control.next_seat(left)
        assert left > quote.protect


def test_a_control_tells_what_it_came_from() -> None:
    inputs = DemandInputs(cabin=CabinCode.ECONOMY, miles=500, weekday=2, hour=9, capacity=120, collection_days=7.0, booked=60)
    computed = control_compute(inputs)
    told = json.loads(computed.inputs_json)
    assert told["miles"] == 500
    assert told["booked"] == 60
    assert {"mean", "sd", "drift", "expected_booked"} <= told.keys()
    assert computed.inputs_hash == hashlib.sha256(computed.inputs_json.encode()).hexdigest()
    assert control_compute(inputs) == computed
