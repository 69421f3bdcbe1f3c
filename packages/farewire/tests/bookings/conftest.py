from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from farewire.bookings.holds import HoldView
from farewire.bookings.services import hold_create
from farewire.bookings.terms import HoldTerms
from farewire.domain.clock import FixedClock

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def terms() -> HoldTerms:
    return HoldTerms()


@pytest.fixture
def hold(clock: FixedClock, terms: HoldTerms) -> Callable[..., HoldView]:
    """Makes a hold under a key of its own, by nobody in particular, where the test says nothing else."""
    made = 0

    def make(*offer_ids: str, **changes: object) -> HoldView:
        nonlocal made
        made += 1
        arguments = {
            "offer_ids": list(offer_ids),
            "passengers": 1,
            "idempotency_key": f"key-{made}",
            "shopper": "",
            "address": "",
            "terms": terms,
            "clock": clock,
            **changes,
        }
        return hold_create(**arguments)

    return make
