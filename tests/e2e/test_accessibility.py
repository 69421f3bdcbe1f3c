from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import board_address
from .traveller import day_ahead

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
ADDRESSES = {
    "search": "/",
    "board": board_address(),
    "connections": board_address("BOS", "LAX", depart="evening"),
    "refused": "/flights?origin=Atlantis&destination=LAX&date=",
    "empty": "/flights?origin=JFK&destination=EWR&date=" + day_ahead(),
    "missing": "/holds/h_nothing",
}


def violations(page: Page) -> list[str]:
    results = Axe().run(page, options=RULES)
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in results.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_pages_keep_to_wcag_2_2_aa(context_new: Callable[..., BrowserContext], name: str, scheme: str):
    page = context_new(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(ADDRESSES[name])
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hold_keeps_to_wcag_2_2_aa_while_it_lasts_and_after(context_new: Callable[..., BrowserContext], scheme: str):
    page = context_new(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(board_address())
    page.locator("button.fare:enabled").first.click()
    expect(page.get_by_role("timer")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("Release")).click()
    expect(page.get_by_role("heading", name="Released")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(context_new: Callable[..., BrowserContext], width: int):
    page = context_new(viewport={"width": width, "height": 800}).new_page()
    for address in ADDRESSES.values():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(board_address())
    page.locator("button.fare:enabled").first.click()
    expect(page.get_by_role("timer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_fare_can_be_held_with_the_keyboard_alone(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("From")).to_be_focused()
    page.keyboard.type("JFK")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("To", exact=True)).to_be_focused()
    page.keyboard.type("LAX")
    expect(page.get_by_role("option", name=re.compile("LAX"))).to_be_visible()
    page.keyboard.press("Tab")
    page.get_by_label("Depart on").fill(day_ahead())
    page.get_by_role("button", name="Search").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".journey").first).to_be_visible()
    fare = page.locator("button.fare:enabled").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if fare.evaluate("element => element === document.activeElement"):
            break
    expect(fare).to_be_focused()
    outline = fare.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Held for you")).to_be_visible()


def test_a_fares_name_tells_its_brand_and_price(page: Page):
    page.goto(board_address())
    fare = page.locator("button.fare:enabled").first
    expect(fare).to_have_accessible_name(re.compile(r"^Basic \$[0-9,]+$"))
    group = page.locator(".fares").first
    expect(group).to_have_accessible_name(re.compile(r"^Fares of [A-Z0-9]+ [0-9]+, [0-9:]+$"))
