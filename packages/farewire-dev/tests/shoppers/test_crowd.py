import asyncio
from dataclasses import replace
from itertools import islice

import pytest

from farewire_dev.shoppers.crowd import Crowd
from farewire_dev.shoppers.tally import Tally, percentile
from farewire_dev.shoppers.traveller import Crowding, arrivals
from farewire_dev.shoppers.visit import Unreachable
from farewire_dev.testing.airline import Airline


def some(count, *, seed=5):
    return islice(arrivals(seed=seed, rate=1.0, crowding=Crowding()), count)


async def turn_until(condition):
    """Let the loop turn until the condition holds; it takes turns, not time."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("the condition never held")


class Clockwork:
    """Sleeps take no time and are remembered."""

    def __init__(self):
        self.slept = []

    async def __call__(self, seconds):
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def test_the_same_seed_does_the_same_at_the_site():
    logs = []
    for _ in range(2):
        airline = Airline(seats=500)
        await Crowd(site=airline, tally=Tally(), limit=100, sleep=Clockwork()).run(some(60))
        logs.append(sorted(map(repr, airline.log)))
    assert logs[0] == logs[1]


async def test_who_comes_when_it_is_full_is_turned_away_and_counted():
    tally = Tally()
    never = asyncio.Event()

    async def sleep(seconds):
        await (asyncio.sleep(0) if seconds == 0 else never.wait())

    crowd = Crowd(site=Airline(), tally=tally, limit=3, sleep=sleep)
    running = asyncio.create_task(crowd.run(_without_gaps(10)))
    await turn_until(lambda: tally.arrived + tally.turned_away == 10)
    assert (tally.arrived, tally.turned_away, crowd.visiting) == (3, 7, 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def _without_gaps(count):
    return [replace(arrival, after_seconds=0) for arrival in some(count)]


async def test_cancelled_it_drops_every_visit_at_once_and_closes_its_session():
    airline, never = Airline(), asyncio.Event()

    async def sleep(seconds):
        await (asyncio.sleep(0) if seconds == 0 else never.wait())

    running = asyncio.create_task(Crowd(site=airline, tally=Tally(), limit=9, sleep=sleep).run(_without_gaps(5)))
    await turn_until(lambda: len(airline.entered) == 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert all(session.closed for session in airline.entered)


async def test_while_the_site_is_down_travellers_stay_away_ever_longer_and_come_back_when_it_answers():
    down = True
    sleep = Clockwork()
    airline = Airline(moods=lambda _action: Unreachable() if down else None)
    crowd = Crowd(site=airline, tally=Tally(), limit=50, sleep=sleep)
    await crowd.run(some(12))
    assert max(sleep.slept) == 30.0
    down = False
    await crowd.run(some(1))
    sleep.slept.clear()
    await crowd.run(_without_gaps(3))
    assert 30.0 not in sleep.slept


def test_a_report_starts_the_counts_anew():
    tally = Tally()
    tally.arrived = 3
    tally.answers["held"] += 1
    assert tally.report(visiting=2)["arrived"] == 3
    assert tally.report(visiting=0)["answers"] == {}


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_percentiles_are_by_nearest_rank(share, value):
    assert percentile(list(range(1, 101)), share) == value
