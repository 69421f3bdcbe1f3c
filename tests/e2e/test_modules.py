"""The page's own modules, run where they will run: in a browser, from the site."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from farewire.contracts.feed import Cabin, Flight, Offer
from farewire_web.pages.wording import amount_text, seats_text
from farewire_web.search.offers import journey_offers

BRANDS = ("basic", "standard", "flex")


@pytest.fixture
def run(page: Page) -> Callable[..., Any]:
    """Imports a module of ours in a page and answers what a function of it says."""
    page.goto("/")

    def call(module: str, body: str, argument: object = None) -> Any:
        return page.evaluate(f"async (argument) => {{ const module = await import('/static/farewire/js/{module}'); {body} }}", argument)

    return call


def flight(rng: random.Random, number: int) -> Flight:
    """A flight in any state that the contract allows."""
    cabins = []
    for cabin in ("economy", "business"):
        seats = rng.randint(0, 9)
        offers = [
            Offer(
                offer_id=f"FW{number}-20261201-JFK.{cabin}.1.{brand}",
                brand=brand,
                fare_class="Q",
                amount=rng.randint(1, 90_000),
                currency="USD",
            )
            for brand in BRANDS
            if rng.random() < 0.8
        ]
        if rng.random() < 0.9:
            cabins.append(Cabin(cabin=cabin, seats_left=seats, offers=offers))
    status = rng.choice(["open", "open", "open", "closed", "cancelled"])
    return Flight(id=f"FW{number}-20261201-JFK", version=rng.randint(1, 9), status=status, cabins=cabins)


def test_the_page_adds_up_a_journey_exactly_as_the_server_does(run):
    rng = random.Random(11)
    cases = [
        {"legs": [flight(rng, number) for number in range(1, rng.randint(1, 3) + 1)], "passengers": rng.randint(1, 6)} for _ in range(400)
    ]
    answers = run(
        "board/journey_fares.js",
        """const offer = (cabin) => (fare) => [cabin, fare.brand, fare.offerIds, fare.amount];
           return argument.map(({legs, passengers}) => ["economy", "business"].map((cabin) =>
             [...module.journeyFares(legs, cabin, passengers).fares.values()].map(offer(cabin))));""",
        [{"legs": [leg.model_dump(mode="json") for leg in case["legs"]], "passengers": case["passengers"]} for case in cases],
    )
    for case, answer in zip(cases, answers, strict=True):
        offers = journey_offers(case["legs"], passengers=case["passengers"])
        expected = [[offer.cabin, offer.brand, list(offer.offer_ids), offer.amount] for offer in offers]
        assert [fare for cabin in answer for fare in cabin] == expected


def test_amounts_and_seats_are_written_as_on_the_server(run):
    amounts = [0, 5, 100, 12900, 129950, 100000000]
    assert run("board/money.js", "return argument.map((amount) => module.amountText(amount, 'USD'));", amounts) == [
        amount_text(amount, "USD") for amount in amounts
    ]
    seats = list(range(10))
    assert run("board/journey_fares.js", "return argument.map(module.seatsText);", seats) == [seats_text(count) for count in seats]


def test_the_highest_version_of_a_flight_wins_in_whatever_order_they_come(run):
    versions = [3, 1, 5, 5, 2, 4]
    kept, changed = run(
        "feed/flight_store.js",
        """const store = new module.FlightStore([]);
           const changed = argument.map((version) => store.apply([{id: "FW1", version, status: String(version), cabins: []}]).size);
           return [store.get("FW1").status, changed];""",
        versions,
    )
    assert kept == "5"
    assert changed == [1, 0, 1, 0, 0, 0]


def test_a_price_stands_still_between_a_press_and_its_click(run, page: Page):
    values = run(
        "board/fare_cell.js",
        """document.body.innerHTML = `<button data-brand="basic" value="old">
             <span class="fare__price">$1</span><span class="fare__move"></span></button>`;
           const button = document.querySelector("button");
           const cell = new module.FareCell(button);
           const fare = (id, amount) => ({brand: "basic", offerIds: [id], amount, currency: "USD"});
           cell.show(fare("seen", 12900), {quiet: true});
           button.dispatchEvent(new PointerEvent("pointerdown"));
           cell.show(fare("newer", 13900));
           button.dispatchEvent(new PointerEvent("pointerup"));
           const clicked = [button.value, button.textContent.trim()];
           await new Promise((done) => new MutationObserver(done).observe(button, {attributes: true}));
           return [clicked, button.value];""",
    )
    assert values == [["seen", "$129"], "newer"]


def test_the_lowest_fare_of_a_market_passes_over_what_is_not_sold(run):
    def offer(amount: int) -> dict[str, Any]:
        return {"offer_id": str(amount), "brand": "basic", "fare_class": "Q", "amount": amount, "currency": "USD"}

    def market(amount: int, status: str = "open", cabin: str = "economy") -> dict[str, Any]:
        return {"id": str(amount), "version": 1, "status": status, "cabins": [{"cabin": cabin, "seats_left": 3, "offers": [offer(amount)]}]}

    flights = [market(300), market(200), market(100, status="closed"), market(50, cabin="business")]
    assert run("elements/fare_departures.js", "return module.lowestFare(argument).amount;", flights) == 200
    assert run("elements/fare_departures.js", "return module.lowestFare(argument) ?? null;", flights[2:]) is None
