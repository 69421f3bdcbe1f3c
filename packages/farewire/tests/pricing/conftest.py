from __future__ import annotations

from datetime import timedelta

import pytest

from farewire.domain.clock import FixedClock
from farewire_dev.testing.schedule import NOW, Schedule, seats_hold

SALES_CLOSE = timedelta(minutes=45)

__all__ = ["NOW", "SALES_CLOSE", "Schedule", "seats_hold"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def schedule(db: None) -> Schedule:
    return Schedule()
