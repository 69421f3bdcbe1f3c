from itertools import islice
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farewire_dev.shoppers.market import FOCUS, MARKETS, board_parse, market_draw
from farewire_dev.shoppers.traveller import Crowding, Segment, arrivals, traveller_draw


@given(seed=st.integers(), rate=st.floats(0.01, 100))
def test_the_same_seed_brings_the_same_travellers(seed, rate):
    first = list(islice(arrivals(seed=seed, rate=rate, crowding=Crowding()), 20))
    assert first == list(islice(arrivals(seed=seed, rate=rate, crowding=Crowding()), 20))


def test_a_traveller_is_the_same_at_any_rate():
    slow, fast = (islice(arrivals(seed=7, rate=rate, crowding=Crowding()), 50) for rate in (0.1, 20.0))
    assert [arrival.traveller for arrival in slow] == [arrival.traveller for arrival in fast]


def test_arrivals_are_poisson():
    """Gaps have the mean that the rate gives and, being exponential, a standard deviation that equals it."""
    gaps = [arrival.after_seconds for arrival in islice(arrivals(seed=7, rate=4.0, crowding=Crowding()), 4000)]
    assert mean(gaps) == pytest.approx(0.25, rel=0.05)
    assert stdev(gaps) == pytest.approx(0.25, rel=0.08)


@given(seed=st.integers(), horizon=st.integers(1, 60), share=st.floats(0, 1))
def test_every_traveller_asks_for_what_the_site_can_answer(seed, horizon, share):
    traveller = traveller_draw(number=1, rng=Random(seed), crowding=Crowding(focus_share=share, horizon_days=horizon))
    assert 1 <= traveller.passengers <= 9
    assert 1 <= traveller.days_ahead <= horizon
    assert traveller.market.origin != traveller.market.destination
    assert traveller.worth > 0
    assert traveller.looks >= 1


def test_business_pays_more_books_later_and_travels_alone_more_often():
    crowd = [arrival.traveller for arrival in islice(arrivals(seed=3, rate=1, crowding=Crowding(focus_share=0)), 3000)]
    business = [traveller for traveller in crowd if traveller.segment is Segment.BUSINESS]
    leisure = [traveller for traveller in crowd if traveller.segment is Segment.LEISURE]
    assert len(business) / len(crowd) == pytest.approx(0.3, abs=0.05)
    assert mean(traveller.days_ahead for traveller in business) < mean(traveller.days_ahead for traveller in leisure)
    assert mean(traveller.passengers for traveller in business) < mean(traveller.passengers for traveller in leisure)
    assert mean(traveller.worth / traveller.hour_cost for traveller in business) < mean(
        traveller.worth / traveller.hour_cost for traveller in leisure
    ), "an hour away from the wished one weighs more for business"


def test_the_focus_gets_its_share_of_travellers():
    crowd = [arrival.traveller for arrival in islice(arrivals(seed=3, rate=1, crowding=Crowding(focus_share=0.5)), 2000)]
    boards = {(board.market, board.days_ahead) for board in FOCUS}
    share = sum((traveller.market, traveller.days_ahead) in boards for traveller in crowd) / len(crowd)
    assert share == pytest.approx(0.5, abs=0.05)


def test_markets_are_drawn_by_their_weight():
    rng = Random(1)
    drawn = [market_draw(rng) for _ in range(20_000)]
    heaviest = max(MARKETS, key=lambda market: market.weight)
    assert drawn.count(heaviest) / len(drawn) == pytest.approx(heaviest.weight / sum(m.weight for m in MARKETS), rel=0.15)


@pytest.mark.parametrize("text", ["JFK-LAX", "JFK-LAX:", "JFK-LAX:soon", "JFK-XXX:7", ":7"])
def test_a_board_that_is_not_one_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"board|markets"):
        board_parse(text)


@pytest.mark.parametrize("wrong", [{"focus_share": 1.5}, {"focus_share": -0.1}, {"horizon_days": 0}])
def test_crowding_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        Crowding(**wrong)
