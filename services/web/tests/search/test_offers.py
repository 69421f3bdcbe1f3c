from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire.contracts.feed import Cabin, Flight, Offer
from farewire_web.search.offers import journey_offers, journey_status

BRANDS = ("basic", "standard", "flex")


def flight(name="FW1-20261201-JFK", *, status="open", currency="USD", **cabins):
    """`economy=(seats_left, base amount)`; a cabin with no seats offers nothing."""
    return Flight(
        id=name,
        version=3,
        status=status,
        cabins=[
            Cabin(
                cabin=code,
                seats_left=seats,
                offers=[
                    Offer(offer_id=f"{name}.{code}.3.{brand}", brand=brand, fare_class="Q", amount=base + 1000 * step, currency=currency)
                    for step, brand in enumerate(BRANDS)
                    if seats
                ],
            )
            for code, (seats, base) in cabins.items()
        ],
    )


def test_a_connection_costs_the_sum_of_its_legs_and_has_the_seats_of_the_fuller_one():
    first, second = flight(economy=(9, 10000)), flight("FW2-20261201-ORD", economy=(4, 7000))
    offers = journey_offers([first, second], passengers=1)
    assert [(offer.brand, offer.amount, offer.seats_left) for offer in offers] == [
        ("basic", 17000, 4),
        ("standard", 19000, 4),
        ("flex", 21000, 4),
    ]
    assert offers[0].offer_ids == ("FW1-20261201-JFK.economy.3.basic", "FW2-20261201-ORD.economy.3.basic")


def test_cabins_come_in_their_order_whatever_the_document_says():
    offers = journey_offers([flight(business=(5, 50000), economy=(9, 10000))], passengers=1)
    assert [(offer.cabin, offer.brand) for offer in offers] == [(cabin, brand) for cabin in ("economy", "business") for brand in BRANDS]


def test_a_cabin_that_one_leg_lacks_is_not_offered():
    offers = journey_offers([flight(economy=(9, 1), business=(9, 5)), flight("FW2-20261201-ORD", economy=(9, 1))], passengers=1)
    assert {offer.cabin for offer in offers} == {"economy"}


def test_an_offer_with_fewer_seats_than_passengers_is_not_for_sale():
    flights = [flight(economy=(2, 10000), business=(3, 40000))]
    offers = journey_offers(flights, passengers=3)
    assert {offer.cabin for offer in offers} == {"business"}
    assert journey_status(flights, journey_offers(flights, passengers=4)) == "sold_out"


@pytest.mark.parametrize(("status", "answer"), [("closed", "closed"), ("cancelled", "cancelled")])
def test_one_leg_that_is_not_sold_takes_the_journey_off_sale(status, answer):
    flights = [flight(economy=(9, 1)), flight("FW2-20261201-ORD", status=status, economy=(9, 1))]
    assert journey_offers(flights, passengers=1) == []
    assert journey_status(flights, []) == answer


def test_amounts_of_two_currencies_are_not_added():
    assert journey_offers([flight(economy=(9, 1)), flight("FW2-20261201-ORD", currency="EUR", economy=(9, 1))], passengers=1) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**7)), min_size=1, max_size=2), st.integers(1, 9))
def test_what_is_offered_can_be_added_up_from_the_legs(legs, passengers):
    """What a browser does with the feed comes to the same."""
    flights = [flight(f"FW{n}-20261201-JFK", economy=leg) for n, leg in enumerate(legs)]
    offers = journey_offers(flights, passengers=passengers)
    assert bool(offers) is (min(seats for seats, _ in legs) >= passengers)
    for offer in offers:
        by_id = {each.offer_id: each for leg in flights for cabin in leg.cabins for each in cabin.offers}
        assert offer.amount == sum(by_id[offer_id].amount for offer_id in offer.offer_ids)
        assert {by_id[offer_id].brand for offer_id in offer.offer_ids} == {offer.brand}
