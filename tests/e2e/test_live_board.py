from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.integration.stack import Stack

from .conftest import board_address
from .traveller import Traveller, day_ahead


def roomy(page: Page, stops: str = "0") -> Locator:
    """The first row with many seats left."""
    return page.locator(f".journey[data-stops='{stops}']").filter(has_text="9+ seats").first


def basic(row: Locator) -> Locator:
    return row.locator("button[data-brand='basic']")


def price_text(button: Locator) -> str:
    """The price as a screen reader has it; flaps repeat it for the eye."""
    spoken = button.locator(".fare__price .unseen")
    return (spoken if spoken.count() else button.locator(".fare__price")).inner_text().strip()


def dollars(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))


def move(traveller: Traveller, row: Locator) -> None:
    """Hold seats on the row's flights until its price has moved for everybody."""
    button = basic(row)
    for _ in range(5):
        before = button.get_attribute("value") or ""
        traveller.hold(before.split(","), passengers=9)
        expect(button).not_to_have_attribute("value", before)
        if button.get_attribute("data-move"):
            return
    pytest.fail("45 seats did not move a price")


def test_a_price_changes_on_the_page_without_a_reload_when_somebody_else_holds(board, traveller: Traveller):
    page = board()
    page.evaluate("window.sameDocument = true")
    row = roomy(page)
    before = dollars(price_text(basic(row)))
    move(traveller, row)
    expect(basic(row)).to_have_attribute("data-move", "up")
    expect(basic(row).locator(".fare__move")).to_contain_text("▲")
    assert dollars(price_text(basic(row))) > before
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("feed-status")).to_contain_text(re.compile(r"Live · .+ rose to \$[0-9,]+, "))


def test_what_is_clicked_is_what_is_held(board, traveller: Traveller):
    page = board()
    row = roomy(page)
    move(traveller, row)
    row.locator("button[data-brand='flex']").scroll_into_view_if_needed()
    shown = price_text(row.locator("button[data-brand='flex']"))
    row.locator("button[data-brand='flex']").click()
    expect(page.get_by_role("heading", name="Held for you")).to_be_visible()
    expect(page.locator(".ticket__total dd")).to_have_text(shown)


def test_a_connections_price_follows_each_of_its_legs(board, traveller: Traveller):
    page = board("BOS", "LAX")
    row = roomy(page, stops="1")
    journey = row.get_attribute("data-journey")
    move(traveller, row)
    found = traveller.search("BOS", "LAX", day_ahead())
    offers = next(each["offers"] for each in found["journeys"] if each["journey_id"] == journey)
    offer = next(each for each in offers if (each["cabin"], each["brand"]) == ("economy", "basic"))
    expect(basic(row)).to_have_attribute("value", ",".join(offer["offer_ids"]))
    assert dollars(price_text(basic(row))) == offer["amount"] // 100


def test_changes_are_announced_politely(board, traveller: Traveller):
    page = board()
    region = page.locator("[data-announce]")
    expect(region).to_have_attribute("aria-live", "polite")
    move(traveller, roomy(page))
    expect(region).to_contain_text(re.compile(r"rose to \$"))


def test_filters_and_sorting_work_in_place_and_in_the_address(board):
    page = board()
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Sort by").select_option("price")
    prices = [dollars(price_text(button)) for button in page.locator(".journey:visible button[data-brand='basic']:enabled").all()]
    assert prices == sorted(prices)
    page.get_by_role("radio", name="Evening").check()
    hours = [int(text[:2]) for text in page.locator(".journey:visible .times > div:first-child .clock").all_inner_texts()]
    assert hours
    assert min(hours) >= 18
    assert "sort=price" in page.url
    assert "depart=evening" in page.url
    assert page.evaluate("window.sameDocument") is True
    page.reload()
    shown = [int(text[:2]) for text in page.locator(".journey:visible .times > div:first-child .clock").all_inner_texts()]
    assert shown == hours


def test_another_cabin_shows_its_own_fares_at_once(board):
    page = board()
    economy = dollars(price_text(basic(roomy(page))))
    page.get_by_role("radio", name="Business").check()
    button = basic(roomy(page))
    assert ".business." in (button.get_attribute("value") or "")
    assert dollars(price_text(button)) > economy


def test_a_page_that_lost_its_gateways_says_so_and_catches_up(board, stack: Stack, traveller: Traveller):
    page = board()
    row = roomy(page)
    before = basic(row).get_attribute("value") or ""
    for name in stack.instances("gateway"):
        stack.kill(name)
    try:
        expect(page.locator("feed-status")).to_have_attribute("data-state", "offline")
        expect(page.locator("feed-status")).to_contain_text("Not live")
        traveller.hold(before.split(","), passengers=9)
        expect(basic(row)).to_have_attribute("value", before)
    finally:
        for name in stack.instances("gateway"):
            stack.start(name)
    expect(page.locator("feed-status")).to_have_attribute("data-state", "live", timeout=40_000)
    expect(basic(row)).not_to_have_attribute("value", before)


def test_a_page_whose_prices_nobody_vouches_for_says_that_they_may_be_old(board, stack: Stack):
    page = board()
    (worker,) = stack.instances("pricing")
    stack.pause(worker)
    try:
        expect(page.locator("feed-status")).to_have_attribute("data-state", "stale", timeout=40_000)
        expect(page.locator("feed-status")).to_contain_text("Prices may be old")
    finally:
        stack.resume(worker)
    expect(page.locator("feed-status")).to_have_attribute("data-state", "live", timeout=40_000)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_change_moves_no_row_under_a_finger(context_new, traveller: Traveller, width: int):
    page = context_new(viewport={"width": width, "height": 800}).new_page()
    page.goto(board_address())
    expect(page.locator("feed-status")).to_have_attribute("data-state", "live")
    row = roomy(page)
    before = row.bounding_box()
    move(traveller, row)
    expect(page.locator("feed-status")).to_contain_text("rose to")
    assert row.bounding_box() == before
