"""The busiest markets of a day with their lowest fares, for the first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from farewire.catalog.models import DatedLeg
from farewire.contracts.feed import Flight, Offer
from farewire.contracts.topics import MarketTopic
from farewire.pricing.models import FlightState
from farewire_web.pages.wording import amount_text, count_text

MOST_MARKETS = 9
_MOST_OF_AN_AIRPORT = 3
_CONSIDERED = 60


@dataclass(frozen=True, slots=True)
class Departure:
    """One market of the day; `fare` is the lowest economy fare now, empty where nothing is left."""

    origin: str
    destination: str
    city: str
    flights: str
    fare: str
    topic: str
    href: str


def departures_of(*, local_date: date) -> list[Departure]:
    """The markets with the most flights on a day, no way and its way back, with their lowest fares; two queries."""
    markets = _busiest(local_date)
    lowest = _lowest_fares(local_date, markets)
    return [
        Departure(
            origin=origin,
            destination=destination,
            city=city,
            flights=count_text(flights, "flight", "flights"),
            fare=lowest.get((origin, destination), ""),
            topic=str(MarketTopic(origin, destination, local_date)),
            href=f"{reverse('pages:flights')}?{urlencode({'origin': origin, 'destination': destination, 'date': local_date.isoformat()})}",
        )
        for (origin, destination), (city, flights) in markets.items()
    ]


def _busiest(local_date: date) -> dict[tuple[str, str], tuple[str, int]]:
    """City and flights of the busiest markets; of a way and its way back, the one that leaves the busier airport."""
    rows = (
        DatedLeg.objects.filter(local_date=local_date)
        .values_list("origin_id", "destination_id", "destination__city")
        .annotate(flights=Count("id"))
        .order_by("-flights", "origin_id", "destination_id")[:_CONSIDERED]
    )
    markets = {(origin, destination): (city, flights) for origin, destination, city, flights in rows}
    departures: Counter[str] = Counter()
    for (origin, _), (_, flights) in markets.items():
        departures[origin] += flights
    chosen: dict[tuple[str, str], tuple[str, int]] = {}
    shown: Counter[str] = Counter()
    for origin, destination in markets:
        way, back = (origin, destination), (destination, origin)
        if back in markets and departures[destination] > departures[origin]:
            way = back
        if way in chosen or (way[1], way[0]) in chosen or max(shown[origin], shown[destination]) >= _MOST_OF_AN_AIRPORT:
            continue
        chosen[way] = markets[way]
        shown.update(way)
        if len(chosen) == MOST_MARKETS:
            break
    return chosen


def _lowest_fares(local_date: date, markets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    wanted = set(markets)
    rows = FlightState.objects.filter(
        leg__local_date=local_date,
        leg__origin_id__in={origin for origin, _ in wanted},
        leg__destination_id__in={destination for _, destination in wanted},
    ).values_list("leg__origin_id", "leg__destination_id", "document")
    lowest: dict[tuple[str, str], Offer] = {}
    for origin, destination, document in rows:
        market = (origin, destination)
        if market not in wanted:
            continue
        for offer in _economy_offers(Flight.model_validate(document)):
            if market not in lowest or offer.amount < lowest[market].amount:
                lowest[market] = offer
    return {market: amount_text(offer.amount, offer.currency) for market, offer in lowest.items()}


def _economy_offers(flight: Flight) -> list[Offer]:
    if flight.status != "open":
        return []
    return [offer for cabin in flight.cabins if cabin.cabin == "economy" for offer in cabin.offers]
