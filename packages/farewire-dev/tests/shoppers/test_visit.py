import asyncio
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farewire_dev.shoppers.crowd import Crowd
from farewire_dev.shoppers.journey import Hold
from farewire_dev.shoppers.tally import Tally
from farewire_dev.shoppers.traveller import Crowding, Resolve, arrivals, traveller_draw
from farewire_dev.shoppers.visit import (
    Done,
    Found,
    Held,
    Outcome,
    Pay,
    Refused,
    Release,
    Search,
    TakeHold,
    Think,
    Unreachable,
    visit,
)
from farewire_dev.testing.airline import Airline, journey

BUYER = replace(
    traveller_draw(number=1, rng=Random(1), crowding=Crowding()),
    books=True, looks=1, passengers=2, worth=50_000, hour=9, resolve=Resolve.RELEASE, patience_seconds=30.0,
)  # fmt: skip
BOARD = Found((journey(1, amount=10_000), journey(2, amount=12_000)))
HELD = Held(Hold("h_1", "token", 20_000))


def play(traveller, answers, most=50):
    """Feed the visit these answers in turn (thinking aside); gives what it did and how it ended."""
    steps, actions, given_answers = visit(traveller), [], iter(answers)
    try:
        action = next(steps)
        while len(requests(actions)) < most:
            actions.append(action)
            action = steps.send(Done() if isinstance(action, Think) else next(given_answers))
    except StopIteration as end:
        if isinstance(answers, list):
            assert next(given_answers, None) is None, "the visit ended before it used every answer"
        return actions, end.value
    pytest.fail(f"the visit did not end after {most} requests")


def requests(actions):
    return [action for action in actions if not isinstance(action, Think)]


def test_a_buyer_looks_holds_and_releases():
    actions, outcome = play(BUYER, [BOARD, HELD, Done()])
    assert [type(action) for action in requests(actions)] == [Search, TakeHold, Release]
    assert outcome is Outcome.RELEASED


def test_who_forgets_leaves_the_hold_to_expire():
    actions, outcome = play(replace(BUYER, resolve=Resolve.FORGET), [BOARD, HELD])
    assert outcome is Outcome.LEFT
    assert isinstance(requests(actions)[-1], TakeHold)


def test_who_would_pay_leaves_the_hold_while_the_site_takes_no_payment():
    actions, outcome = play(replace(BUYER, resolve=Resolve.PAY), [BOARD, HELD, Refused(404, "not_offered")])
    assert isinstance(requests(actions)[-1], Pay)
    assert outcome is Outcome.LEFT


def test_who_may_pay_pays():
    assert play(replace(BUYER, resolve=Resolve.PAY), [BOARD, HELD, Done()])[1] is Outcome.PAID


def test_who_only_looks_compares_days_and_holds_nothing():
    actions, outcome = play(replace(BUYER, books=False, looks=3, days_ahead=7), [BOARD] * 3)
    assert [action.days_ahead for action in requests(actions)] == [7, 8, 6]
    assert outcome is Outcome.LOOKED


def test_sold_out_sends_the_buyer_to_another_journey():
    actions, outcome = play(BUYER, [BOARD, Refused(409, "sold_out"), BOARD, HELD, Done()])
    first, second = [action for action in actions if isinstance(action, TakeHold)]
    assert first.offer_ids != second.offer_ids
    assert first.attempt != second.attempt
    assert outcome is Outcome.RELEASED


@pytest.mark.parametrize("code", ["offer_expired", "fare_closed"])
def test_a_price_that_is_gone_is_looked_up_again(code):
    actions, outcome = play(BUYER, [BOARD, Refused(409, code), BOARD, HELD, Done()])
    assert [type(action) for action in requests(actions)] == [Search, TakeHold, Search, TakeHold, Release]
    assert outcome is Outcome.RELEASED


def test_asked_to_wait_a_patient_buyer_waits_and_repeats_the_very_same_request():
    actions, _ = play(BUYER, [BOARD, Refused(429, "too_many_holds", 12.0), HELD, Done()])
    first, pause, second = actions[2:5]
    assert first == second
    assert pause == Think(12.0)


def test_asked_to_wait_for_long_a_buyer_gives_up():
    assert play(BUYER, [BOARD, Refused(429, "too_many_holds", 600.0)])[1] is Outcome.GAVE_UP


def test_a_lost_answer_is_asked_for_again_under_the_same_attempt():
    actions, outcome = play(BUYER, [BOARD, Unreachable(), HELD, Done()])
    assert len({action for action in actions if isinstance(action, TakeHold)}) == 1
    assert outcome is Outcome.RELEASED


def test_a_site_that_stays_silent_is_left():
    assert play(BUYER, [Unreachable()] * 3)[1] is Outcome.UNREACHABLE


def test_a_request_that_the_site_does_not_understand_ends_the_visit():
    assert play(BUYER, [Refused(422, "unknown_airport")])[1] is Outcome.REFUSED


@pytest.mark.parametrize("board", [Found(()), Found((journey(1, amount=900_000),)), Found((journey(1, amount=100, seats_left=1),))])
def test_nothing_there_too_dear_or_too_few_seats_ends_without_a_hold(board):
    assert play(BUYER, [board])[1] is Outcome.NOTHING


answers = st.one_of(
    st.just(BOARD),
    st.just(HELD),
    st.just(Done()),
    st.just(Unreachable()),
    st.builds(
        Refused, st.sampled_from([400, 404, 409, 422, 429, 500, 503]), st.sampled_from(["sold_out", "x"]), st.none() | st.floats(0, 99)
    ),
)


@settings(max_examples=300)
@given(seed=st.integers(), data=st.data())
def test_no_site_however_odd_keeps_a_visit_going_for_ever_or_breaks_it(seed, data):
    """Whatever the answers are, a visit ends after a bounded number of requests with a known outcome."""
    given_answers = iter(lambda: data.draw(answers), None)
    actions, outcome = play(traveller_draw(number=1, rng=Random(seed), crowding=Crowding()), given_answers, most=60)
    assert all(action.seconds >= 0 for action in actions if isinstance(action, Think))
    assert isinstance(outcome, Outcome)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(), seats=st.integers(0, 40))
def test_a_crowd_leaves_the_airline_with_the_seats_it_accounts_for(seed, seats):
    """Played to the end against an airline that counts, seats are neither lost nor made."""

    async def at_once(_seconds):
        await asyncio.sleep(0)

    airline, tally = Airline(seats=seats), Tally()
    crowd = Crowd(site=airline, tally=tally, limit=50, sleep=at_once)
    asyncio.run(crowd.run(islice(arrivals(seed=seed, rate=1.0, crowding=Crowding()), 40)))
    assert airline.seats + sum(airline.held.values()) == seats
    assert airline.seats >= 0
    assert tally.arrived == sum(tally.outcomes.values()) == len(airline.entered)
    assert all(session.closed for session in airline.entered)
