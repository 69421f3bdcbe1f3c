from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .traveller import day_ahead


def test_typing_a_city_and_choosing_its_airport_leads_to_a_live_board(page: Page):
    page.goto("/")
    origin, destination = page.get_by_label("From"), page.get_by_label("To", exact=True)
    origin.fill("")
    origin.press_sequentially("kennedy")
    expect(page.get_by_role("listbox", name="Airports").get_by_role("option")).to_have_count(1)
    origin.press("Enter")
    expect(origin).to_have_value("JFK")
    destination.press_sequentially("los a")
    page.get_by_role("option", name=re.compile("LAX")).click()
    expect(destination).to_have_value("LAX")
    page.get_by_label("Depart on").fill(day_ahead())
    page.get_by_label("Passengers").select_option("2")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("JFK")
    expect(page.get_by_text("2 passengers")).to_be_visible()
    expect(page.locator(".journey").first).to_be_visible()
    expect(page.locator("feed-status")).to_have_attribute("data-state", "live")


def test_the_list_of_airports_is_a_combobox_for_keyboards_and_screen_readers(page: Page):
    page.goto("/")
    origin = page.get_by_role("combobox", name="From")
    origin.fill("")
    origin.press_sequentially("new")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    origin.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(origin).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id") or "?")
    origin.press("Escape")
    expect(origin).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_place_that_we_do_not_serve_is_told_beside_its_field(page: Page):
    page.goto("/")
    page.get_by_label("From").fill("Atlantis")
    page.get_by_label("To", exact=True).fill("LAX")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_label("From")).to_have_accessible_description(re.compile("no airport called “Atlantis”"))
    expect(page.get_by_label("To", exact=True)).to_have_value("LAX")


def test_whoever_types_faster_than_the_airports_come_gets_what_they_typed(page: Page):
    page.route("**/api/v1/airports**", lambda route: route.abort() if route.request.url.endswith("kennedy") else route.continue_())
    page.goto("/")
    page.get_by_label("To", exact=True).fill("LAX")
    origin = page.get_by_label("From")
    origin.press_sequentially("ken", delay=200)
    expect(page.get_by_role("listbox", name="Airports")).to_be_visible()
    origin.press_sequentially("nedy")
    origin.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("JFK")
