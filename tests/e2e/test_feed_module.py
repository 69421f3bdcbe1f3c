"""The page's connection to the feed, against a gateway that says what real ones only say on a bad day."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .played_gateway import PlayedGateway

TOPIC = "market:JFK-LAX:2026-12-01"


@pytest.fixture
def gateway(page: Page) -> PlayedGateway:
    """A page that follows one topic of a gateway of ours; it keeps what it hears in `heard`."""
    gateway = PlayedGateway(page)
    page.goto("/favicon.ico")  # any page of the site without a feed of its own
    page.evaluate(
        """async (topic) => {
             const {FeedConnection} = await import("/static/farewire/js/feed/connection.js");
             window.heard = [];
             window.feed = new FeedConnection(`ws://${location.host}/ws/flight_updates/`, [topic], {[topic]: ["FW1"]});
             feed.addEventListener("flights", (event) => heard.push(...event.detail.flights.map((flight) => flight.version)));
             feed.addEventListener("state", (event) => heard.push(event.detail));
             feed.open();
           }""",
        TOPIC,
    )
    page.wait_for_function("window.feed.socket.readyState === 1")
    gateway.until(lambda: len(gateway.received) == 1)
    return gateway


def heard(page: Page, *expected: object) -> None:
    page.wait_for_function("expected => JSON.stringify(window.heard) === JSON.stringify(expected)", arg=list(expected))


def a_flight(version: int) -> dict[str, Any]:
    return {"id": "FW1", "version": version, "status": "open", "cabins": []}


def test_a_page_subscribes_and_is_live_once_its_topics_have_snapshots(page: Page, gateway: PlayedGateway):
    assert gateway.received == [{"type": "subscribe", "topics": [TOPIC], "have": {}, "only": {TOPIC: ["FW1"]}}]
    gateway.snapshot(TOPIC, flights=(a_flight(3),))
    heard(page, 3, "live")


def test_a_page_that_comes_back_tells_what_it_has(page: Page, gateway: PlayedGateway):
    gateway.snapshot(TOPIC, seq=4)
    gateway.update(TOPIC, seq=7, flights=(a_flight(2),))
    heard(page, "live", 2)
    gateway.sockets[-1].close()
    gateway.until(lambda: len(gateway.received) == 2)
    assert gateway.received[1]["have"] == {TOPIC: {"epoch": "e1", "seq": 7}}
    gateway.snapshot(TOPIC, seq=8, recovered=True, flights=(a_flight(3),))
    heard(page, "live", 2, "offline", 3, "live")


def test_a_new_epoch_takes_the_old_ones_place(page: Page, gateway: PlayedGateway):
    gateway.snapshot(TOPIC, epoch="e1", seq=40)
    gateway.snapshot(TOPIC, epoch="e2", seq=1)
    heard(page, "live")
    assert page.evaluate("[...window.feed.have.values()]") == [{"epoch": "e2", "seq": 1}]


def test_a_draining_gateway_is_left_when_it_says_without_going_offline(page: Page, gateway: PlayedGateway):
    gateway.snapshot(TOPIC)
    heard(page, "live")
    gateway.say(type="draining", reconnect_after_ms=50)
    gateway.until(lambda: len(gateway.sockets) == 2 and len(gateway.received) == 2)
    gateway.snapshot(TOPIC, recovered=True, seq=2)
    heard(page, "live")


def test_a_topic_that_nobody_vouches_for_is_stale_until_its_next_snapshot(page: Page, gateway: PlayedGateway):
    gateway.snapshot(TOPIC)
    gateway.say(type="stale", topic=TOPIC)
    heard(page, "live", "stale")
    gateway.snapshot(TOPIC, seq=2)
    heard(page, "live", "stale", "live")


def test_a_socket_that_falls_silent_is_given_up(page: Page, gateway: PlayedGateway):
    gateway.snapshot(TOPIC)
    gateway.say(type="hello", protocol=1, connection="x", heartbeat_seconds=0.1)
    heard(page, "live", "offline")
    gateway.until(lambda: len(gateway.sockets) >= 2)


def test_the_first_page_follows_the_lowest_fare_of_each_market(page: Page):
    gateway = PlayedGateway(page)
    page.goto("/")
    gateway.until(lambda: len(gateway.received) == 1)
    tile = page.locator(".departure").first
    topic = tile.get_attribute("data-topic") or ""
    assert topic in gateway.received[0]["topics"]
    dear, cheap = priced(1, number=1, amount=40000), priced(1, number=2, amount=12300)
    gateway.snapshot(topic, flights=(dear, cheap))
    expect(tile.locator("[data-fare] .unseen")).to_have_text("$123")
    gateway.update(topic, seq=2, flights=(priced(2, number=2, amount=45000),))
    expect(tile.locator("[data-fare] .unseen")).to_have_text("$400")


def priced(version: int, *, number: int, amount: int) -> dict[str, Any]:
    offer = {"offer_id": f"{number}.{version}", "brand": "basic", "fare_class": "Q", "amount": amount, "currency": "USD"}
    cabin = {"cabin": "economy", "seats_left": 5, "offers": [offer]}
    return {"id": f"FW{number}", "version": version, "status": "open", "cabins": [cabin]}
