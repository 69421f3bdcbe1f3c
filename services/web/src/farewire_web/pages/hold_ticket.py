"""A hold as its page shows it: a ticket with its flights, its price and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from farewire.bookings.holds import HeldLeg, HoldView
from farewire.catalog.models import Airport, DatedLeg
from farewire.domain.identifiers import OfferId
from farewire.domain.money import money_sum
from farewire.domain.states import HoldState
from farewire_web.pages.place_time import PlaceTime, day_offset, day_offset_text
from farewire_web.pages.search_request import SearchRequest
from farewire_web.pages.wording import amount_text, day_text, duration_text
from farewire_web.search.leg import Place

_HEADLINES = {
    HoldState.ACTIVE: (
        "Held for you",
        "The seats and the price are yours until the clock runs out. Nothing is charged, and letting go costs nothing.",
    ),
    HoldState.RELEASED: ("Released", "You gave these seats back, and they are on sale again."),
    HoldState.EXPIRED: ("This hold has run out", "Its time is over and the seats are on sale again. The board shows what they cost now."),
    HoldState.CONVERTED: ("Yours", "This hold was paid for."),
}


@dataclass(frozen=True, slots=True)
class TicketLeg:
    """One flight on the ticket."""

    label: str
    carrier: str
    day: str
    departs: PlaceTime
    arrives: PlaceTime
    duration: str
    equipment: str
    brand: str
    cabin: str
    price: str

    @property
    def day_offset(self) -> str:
        """`+1` where one arrives on the next day."""
        return day_offset_text(day_offset(self.departs, self.arrives))


@dataclass(frozen=True, slots=True)
class Ticket:
    """The whole page of a hold; times in milliseconds since 1970 are the server's."""

    hold_id: str
    state: HoldState
    legs: tuple[TicketLeg, ...]
    passengers: int
    each: str
    total: str
    now_ms: int
    expires_ms: int
    length_ms: int
    expires: PlaceTime
    search_href: str

    @property
    def active(self) -> bool:
        """Whether the seats are held."""
        return self.state is HoldState.ACTIVE

    @property
    def headline(self) -> str:
        """The state in a few words."""
        return _HEADLINES[self.state][0]

    @property
    def lead(self) -> str:
        """The state in a sentence."""
        return _HEADLINES[self.state][1]

    @property
    def seats_word(self) -> str:
        """What a release gives back."""
        return "seat" if self.passengers == 1 and len(self.legs) == 1 else "seats"


def ticket_of(*, view: HoldView, now: datetime) -> Ticket:
    """The ticket of a hold; one query."""
    rows = {
        row.flight_id: row
        for row in DatedLeg.objects.filter(flight_id__in=view.flight_ids).select_related("carrier", "origin", "destination", "equipment")
    }
    legs = [_leg(leg, rows[leg.flight_id]) for leg in view.legs]
    each = money_sum(leg.price for leg in view.legs)
    first, last = rows[view.flight_ids[0]], rows[view.flight_ids[-1]]
    wanted = SearchRequest(first.origin_id, last.destination_id, first.local_date, view.passengers)
    return Ticket(
        hold_id=view.hold_id,
        state=view.state,
        legs=tuple(legs),
        passengers=view.passengers,
        each=amount_text(each.amount, each.currency),
        total=amount_text(view.price.amount, view.price.currency),
        now_ms=_milliseconds(now),
        expires_ms=_milliseconds(view.expires_at),
        length_ms=_milliseconds(view.expires_at) - _milliseconds(view.created_at),
        expires=PlaceTime.of(view.expires_at, _place(first.origin)),
        search_href=f"{reverse('pages:flights')}?{wanted.query()}",
    )


def _leg(held: HeldLeg, row: DatedLeg) -> TicketLeg:
    offer = OfferId.parse(held.offer_id)
    departs = PlaceTime.of(row.departs_at, _place(row.origin))
    return TicketLeg(
        label=f"{row.carrier_id} {row.number}{row.suffix}",
        carrier=row.carrier.name,
        day=day_text(departs.moment.date()),
        departs=departs,
        arrives=PlaceTime.of(row.arrives_at, _place(row.destination)),
        duration=duration_text(int((row.arrives_at - row.departs_at).total_seconds() // 60)),
        equipment=row.equipment.name,
        brand=offer.brand.title(),
        cabin=offer.cabin.value,
        price=amount_text(held.price.amount, held.price.currency),
    )


def _place(row: Airport) -> Place:
    return Place(row.code, row.name, row.city, row.country, row.zone, row.latitude, row.longitude)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
