from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire_web.search.connecting_time import least_connecting_time, most_connecting_time
from farewire_web.search.connections import MOST_ONWARD, connections, is_on_the_way
from services.web.tests.search.legs import PLACES, leg


def waits(first, seconds):
    return [(b.departs_at - a.arrives_at) // timedelta(minutes=1) for a, b in connections([first], seconds)]


@pytest.mark.parametrize(
    ("route", "onward", "carrier", "least"),
    [
        ("LAX-JFK", "JFK-BOS", "FW", 45),
        ("LAX-JFK", "JFK-BOS", "QX", 60),
        ("LAX-JFK", "JFK-GRU", "FW", 90),
        ("GRU-JFK", "JFK-BOS", "QX", 105),
    ],
)
def test_a_change_takes_at_least_its_minimum_connecting_time(route, onward, carrier, least):
    """The minute before the minimum is no connection, the minimum itself is one."""
    first = leg(1, route, at=0, minutes=300)
    tight = [leg(2, onward, at=300 + least - 1, carrier=carrier)]
    enough = [leg(3, onward, at=300 + least, carrier=carrier)]
    assert waits(first, tight) == []
    assert waits(first, enough) == [least]


@pytest.mark.parametrize(("onward", "most"), [("JFK-BOS", 240), ("JFK-GRU", 360)])
def test_nobody_waits_longer_than_the_maximum(onward, most):
    first = leg(1, "LAX-JFK", at=0, minutes=300)
    assert waits(first, [leg(2, onward, at=300 + most)]) == [most]
    assert waits(first, [leg(2, onward, at=300 + most + 1)]) == []


def test_a_flight_that_goes_on_under_its_own_number_needs_no_change():
    """Through passengers stay in their seats."""
    first = leg(7, "LAX-ORD", at=0, minutes=240)
    onward = leg(7, "ORD-BOS", at=260, leg_sequence=2)
    assert waits(first, [onward]) == [20]


def test_only_the_soonest_departures_after_an_arrival_are_offered():
    first = leg(1, "LAX-JFK", at=0, minutes=300)
    assert waits(first, [leg(n, "JFK-BOS", at=300 + 50 + 20 * n) for n in range(9)]) == [50, 70, 90]


@pytest.mark.parametrize(
    ("origin", "via", "destination", "answer"),
    [
        ("LAX", "JFK", "BOS", True),
        ("LAX", "ORD", "BOS", True),
        ("JFK", "LAX", "BOS", False),
        ("JFK", "BOS", "LAX", True),
        ("JFK", "ORD", "BOS", False),
        ("SYD", "LAX", "BOS", True),
        ("JFK", "JFK", "BOS", False),
        ("JFK", "BOS", "BOS", False),
    ],
)
def test_a_detour_is_no_way_to_go(origin, via, destination, answer):
    assert is_on_the_way(PLACES[origin], PLACES[via], PLACES[destination]) is answer


first_legs = st.lists(
    st.builds(
        leg,
        st.integers(1, 99),
        st.sampled_from(["LAX-JFK", "LAX-ORD", "GRU-JFK"]),
        at=st.integers(0, 1440),
        minutes=st.integers(30, 400),
        carrier=st.sampled_from(["FW", "QX"]),
    ),
    max_size=8,
)
second_legs = st.lists(
    st.builds(
        leg,
        st.integers(100, 199),
        st.sampled_from(["JFK-BOS", "ORD-BOS", "SYD-BOS"]),
        at=st.integers(0, 2880),
        carrier=st.sampled_from(["FW", "QX"]),
    ),
    max_size=20,
)


@given(first_legs, second_legs)
def test_every_connection_can_be_made_and_none_that_comes_first_is_missing(firsts, seconds):
    """Against the rule written as a plain double loop."""
    found = list(connections(firsts, seconds))
    expected = []
    for first in firsts:
        possible = [
            second
            for second in sorted(seconds, key=lambda each: (each.departs_at, each.flight_id))
            if second.origin.code == first.destination.code
            and least_connecting_time(first, second) <= second.departs_at - first.arrives_at <= most_connecting_time(first, second)
        ]
        expected.extend((first, second) for second in possible[:MOST_ONWARD])
    assert found == expected
