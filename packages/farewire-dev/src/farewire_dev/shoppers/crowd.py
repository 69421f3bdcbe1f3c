"""Many visits side by side: arrivals become tasks, within bounds, and a site that is down is left in peace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

import structlog

from farewire_dev.shoppers.site import Session, Site
from farewire_dev.shoppers.tally import Tally
from farewire_dev.shoppers.traveller import Arrival, Traveller
from farewire_dev.shoppers.visit import Answer, Done, Outcome, Think, Unreachable, visit

_LOG = structlog.get_logger("farewire_dev.shoppers")
_LONGEST_PAUSE_SECONDS = 30.0

Sleep = Callable[[float], Awaitable[None]]


class Crowd:
    """Plays arrivals against a site; at most `limit` visits at once, who comes then is turned away and counted."""

    def __init__(self, *, site: Site, tally: Tally, limit: int, sleep: Sleep = asyncio.sleep) -> None:
        self._site = site
        self._tally = tally
        self._limit = limit
        self._sleep = sleep
        self._visits: set[asyncio.Task[None]] = set()
        self._pause = 0.0

    @property
    def visiting(self) -> int:
        """How many visits are under way."""
        return len(self._visits)

    async def run(self, arrivals: Iterable[Arrival]) -> None:
        """Let them come, and wait for the last visit; cancelled, it drops all visits at once, as if browsers were closed."""
        try:
            async with asyncio.TaskGroup() as group:
                for arrival in arrivals:
                    # While the site is down nobody comes, save for one who looks now and then.
                    await self._sleep(max(arrival.after_seconds, self._pause))
                    if self.visiting >= self._limit:
                        self._tally.turned_away += 1
                        continue
                    self._tally.arrived += 1
                    task = group.create_task(self._play(arrival.traveller))
                    self._visits.add(task)
                    task.add_done_callback(self._visits.discard)
        finally:
            self._visits.clear()

    async def _play(self, traveller: Traveller) -> None:
        session = self._site.enter(traveller)
        try:
            self._tally.outcomes[await self._visit(traveller, session)] += 1
        finally:
            await session.close()

    async def _visit(self, traveller: Traveller, session: Session) -> Outcome:
        steps = visit(traveller)
        try:
            action = next(steps)
            while True:
                answer: Answer = Done()
                if isinstance(action, Think):
                    await self._sleep(action.seconds)
                else:
                    began = time.perf_counter()
                    answer = await session.perform(action)
                    self._tally.note(action, answer, seconds=time.perf_counter() - began, passengers=traveller.passengers)
                    self._watch(answer)
                action = steps.send(answer)
        except StopIteration as end:
            return Outcome(end.value)

    def _watch(self, answer: Answer) -> None:
        if isinstance(answer, Unreachable):
            if not self._pause:
                _LOG.warning("site unreachable, travellers stay away")
            self._pause = min(_LONGEST_PAUSE_SECONDS, max(1.0, 2 * self._pause))
        elif self._pause:
            _LOG.info("site answers again")
            self._pause = 0.0
