from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from farewire_dev.shoppers.choice import option_choose, surplus
from farewire_dev.shoppers.traveller import Crowding, Segment, traveller_draw
from farewire_dev.testing.airline import journey

travellers = st.integers().map(lambda seed: traveller_draw(number=1, rng=Random(seed), crowding=Crowding()))
journeys = st.lists(
    st.builds(
        journey,
        st.integers(1, 400),
        amount=st.integers(100, 200_000),
        seats_left=st.integers(0, 9),
        hour=st.integers(0, 23),
        stops=st.integers(0, 1),
        status=st.sampled_from(["open", "closed", "cancelled"]),
    ),
    max_size=6,
    unique_by=lambda each: each.journey_id,
)


@given(traveller=travellers, board=journeys)
def test_what_is_chosen_can_be_held_and_is_worth_its_price(traveller, board):
    option = option_choose(traveller, board)
    if option is not None:
        chosen = next(each for each in board if option in each.options)
        assert chosen.status == "open"
        assert option.seats_left >= traveller.passengers
        assert surplus(traveller, chosen, option) >= 0


@given(traveller=travellers, board=journeys, shuffled=st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_the_board(traveller, board, shuffled):
    again = list(board)
    shuffled.shuffle(again)
    assert option_choose(traveller, again) == option_choose(traveller, board)


@given(traveller=travellers, board=journeys)
def test_nothing_on_the_board_would_have_been_better(traveller, board):
    option = option_choose(traveller, board)
    gains = [
        surplus(traveller, each, other)
        for each in board
        if each.status == "open"
        for other in each.options
        if other.seats_left >= traveller.passengers
    ]
    if option is None:
        assert all(gain < 0 for gain in gains)
    else:
        chosen = next(each for each in board if option in each.options)
        assert surplus(traveller, chosen, option) == max(gains)


@given(traveller=travellers, amount=st.integers(100, 100_000), rise=st.integers(1, 100_000))
def test_a_dearer_seat_is_never_wanted_more(traveller, amount, rise):
    if option_choose(traveller, [journey(1, amount=amount)]) is None:
        assert option_choose(traveller, [journey(1, amount=amount + rise)]) is None


@given(traveller=travellers, board=journeys)
def test_a_refused_journey_is_not_chosen_again(traveller, board):
    assert option_choose(traveller, board, refused={each.journey_id for each in board}) is None


def test_business_buys_conditions_that_leisure_does_not():
    template = traveller_draw(number=1, rng=Random(1), crowding=Crowding())
    board = [journey(1, amount=10_000, hour=9)]
    business = replace(template, segment=Segment.BUSINESS, worth=60_000, hour=9)
    leisure = replace(template, segment=Segment.LEISURE, worth=20_000, hour=9)
    assert option_choose(business, board).brand == "flex"
    assert option_choose(leisure, board).brand == "basic"
