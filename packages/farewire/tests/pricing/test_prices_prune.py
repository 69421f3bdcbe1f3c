from __future__ import annotations

from datetime import timedelta

from farewire.domain.clock import FixedClock
from farewire.pricing.models import Control, OfferVersion
from farewire.pricing.services import flights_price_new, flights_reprice, prices_prune

from .conftest import SALES_CLOSE, Schedule, seats_hold

DAY = timedelta(days=1)


def test_only_what_was_superseded_long_ago_is_forgotten(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add(cabins={"economy": 150})
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
    for _ in range(3):
        seats_hold(leg, 20)
        clock.advance(timedelta(hours=1))
        flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE)
    assert (OfferVersion.objects.count(), Control.objects.count()) == (4, 4)

    assert prices_prune(clock=clock, retention=DAY, limit=100) == 0
    clock.advance(DAY - timedelta(minutes=30))
    # Superseded one, two and (in half an hour) three hours and more ago: three offers less the last, and their controls.
    prices_prune(clock=clock, retention=DAY, limit=100)
    assert list(OfferVersion.objects.order_by("version").values_list("version", flat=True)) == [3, 4]
    assert Control.objects.count() == 2

    clock.advance(DAY)
    prices_prune(clock=clock, retention=DAY, limit=100)
    (kept,) = OfferVersion.objects.all()
    assert (kept.version, kept.superseded_at) == (4, None)
    assert Control.objects.get().pk == kept.control_id


def test_a_slice_forgets_no_more_than_its_limit(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add(cabins={"economy": 150})
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
    for _ in range(3):
        seats_hold(leg, 20)
        flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE)
    clock.advance(DAY)
    prices_prune(clock=clock, retention=timedelta(hours=1), limit=1)
    assert OfferVersion.objects.count() == 3
