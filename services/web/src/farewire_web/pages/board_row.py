"""One row of the board: a journey and its fares, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farewire.domain.states import BrandCode
from farewire_web.pages.board_filter import BoardFilter, part_of_day
from farewire_web.pages.place_time import PlaceTime, day_offset, day_offset_text
from farewire_web.pages.wording import amount_text, count_text, duration_text, seats_text
from farewire_web.search.flights import ShownLeg
from farewire_web.search.journey import Journey
from farewire_web.search.leg import Leg
from farewire_web.search.offers import JourneyOffer

_STATUS_WORDS = {"open": "", "sold_out": "", "closed": "Sales closed", "cancelled": "Cancelled"}
FEW_SEATS = 3
NO_FARE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class FareCell:
    """One brand of one journey; `offer_ids` is what its button holds, empty where there is no fare."""

    brand: str
    label: str
    offer_ids: str
    amount: int | None
    price: str
    lowest: bool = False


@dataclass(frozen=True, slots=True)
class LegLine:
    """One flight of a connection, with the wait before it."""

    label: str
    text: str
    wait: str


@dataclass(frozen=True, slots=True)
class Row:
    """One journey on the board."""

    journey_id: str
    label: str
    departs: PlaceTime
    arrives: PlaceTime
    duration_minutes: int
    stops: int
    stops_text: str
    flight_label: str
    carrier: str
    carriers: str
    status: str
    seats_left: int
    fares: tuple[FareCell, ...]
    legs: tuple[LegLine, ...]
    hidden: bool = False

    @property
    def duration(self) -> str:
        """How long it takes: `6 h 27`."""
        return duration_text(self.duration_minutes)

    @property
    def day_offset(self) -> str:
        """`+1` where one arrives on the next day."""
        return day_offset_text(day_offset(self.departs, self.arrives))

    @property
    def day_offset_text(self) -> str:
        """The same in words."""
        days = day_offset(self.departs, self.arrives)
        return f"{count_text(abs(days), 'day', 'days')} {'later' if days > 0 else 'earlier'}"

    @property
    def part(self) -> str:
        """The part of the day in which one leaves."""
        return part_of_day(self.departs.moment)

    @property
    def departs_epoch(self) -> int:
        """The departure in seconds since 1970, to sort by."""
        return int(self.departs.moment.timestamp())

    @property
    def status_text(self) -> str:
        """Why nothing is sold, if so."""
        return _STATUS_WORDS[self.status]

    @property
    def seats_text(self) -> str:
        """Seats left, in words."""
        return seats_text(self.seats_left)

    @property
    def few(self) -> bool:
        """Whether hardly any seats are left."""
        return 0 < self.seats_left <= FEW_SEATS

    @property
    def cheapest(self) -> int | None:
        """The lowest amount on the row."""
        return min((cell.amount for cell in self.fares if cell.amount is not None), default=None)


def row_of(journey: Journey, legs: Mapping[str, ShownLeg], chosen: BoardFilter) -> Row:
    """The row of `journey` in the cabin chosen; hidden where the filters do not want it."""
    first, last = journey.legs[0], journey.legs[-1]
    codes = dict.fromkeys(leg.carrier for leg in journey.legs)
    departs = PlaceTime.of(first.departs_at, first.origin)
    via = [leg.origin.code for leg in journey.legs[1:]]
    offers = {offer.brand: offer for offer in journey.offers if offer.cabin == chosen.cabin}
    return Row(
        journey_id=journey.journey_id,
        label=f"{flight_label(first)} at {departs.clock}",
        departs=departs,
        arrives=PlaceTime.of(last.arrives_at, last.destination),
        duration_minutes=journey.duration_minutes,
        stops=journey.stops,
        stops_text=f"via {', '.join(via)}" if via else "Direct",
        flight_label=" + ".join(flight_label(leg) for leg in journey.legs),
        carrier=", ".join(dict.fromkeys(leg.carrier_name for leg in journey.legs)),
        carriers=" ".join(codes),
        status=journey.status,
        seats_left=min(_seats_left(legs[flight_id], chosen.cabin) for flight_id in journey.flight_ids),
        fares=tuple(_cell(brand, offers.get(brand.value)) for brand in BrandCode),
        legs=tuple(_leg_lines(journey.legs)) if via else (),
        hidden=not chosen.wants(stops=journey.stops, part=part_of_day(departs.moment), carriers=frozenset(codes)),
    )


def flight_label(leg: Leg) -> str:
    """A flight as boards write it: `FW 123`."""
    return f"{leg.carrier} {leg.number}{leg.suffix}"


def _seats_left(shown: ShownLeg, cabin_code: str) -> int:
    return next((cabin.seats_left for cabin in shown.state.cabins if cabin.cabin == cabin_code), 0)


def _cell(brand: BrandCode, offer: JourneyOffer | None) -> FareCell:
    return FareCell(
        brand=brand.value,
        label=brand.value.title(),
        offer_ids=",".join(offer.offer_ids) if offer else "",
        amount=offer.amount if offer else None,
        price=amount_text(offer.amount, offer.currency) if offer else NO_FARE,
    )


def _leg_lines(legs: Sequence[Leg]) -> list[LegLine]:
    lines: list[LegLine] = []
    before: Leg | None = None
    for leg in legs:
        departs, arrives = PlaceTime.of(leg.departs_at, leg.origin), PlaceTime.of(leg.arrives_at, leg.destination)
        minutes = int((leg.departs_at - before.arrives_at).total_seconds() // 60) if before else 0
        lines.append(
            LegLine(
                label=flight_label(leg),
                text=f"{departs.code} {departs.clock} {departs.zone} to {arrives.code} {arrives.clock} {arrives.zone}",
                wait=f"{duration_text(minutes)} in {leg.origin.city}" if before else "",
            )
        )
        before = leg
    return lines
