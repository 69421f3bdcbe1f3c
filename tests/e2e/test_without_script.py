from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .traveller import day_ahead


@pytest.fixture
def plain(context_new: Callable[..., BrowserContext]) -> Page:
    """A page that runs no script."""
    return context_new(java_script_enabled=False).new_page()


def search(page: Page) -> None:
    page.goto("/")
    page.get_by_label("From").fill("kennedy")
    page.get_by_label("To", exact=True).fill("Los Angeles")
    page.get_by_label("Depart on").fill(day_ahead())
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".journey").first).to_be_visible()


def test_search_hold_and_release_need_no_script(plain: Page):
    search(plain)
    expect(plain).to_have_url(re.compile("origin=JFK&destination=LAX"))
    plain.locator("button.fare:enabled").first.click()
    expect(plain.get_by_role("heading", name="Held for you")).to_be_visible()
    expect(plain.get_by_text("Yours until", exact=True)).to_be_visible()
    plain.get_by_role("button", name=re.compile("Release")).click()
    expect(plain.get_by_role("heading", name="Released")).to_be_visible()


def test_filters_and_sorting_need_no_script(plain: Page):
    search(plain)
    plain.get_by_label("Sort by").select_option("price")
    plain.get_by_role("radio", name="Morning").check()
    plain.get_by_role("button", name="Apply").click()
    hours = [int(text[:2]) for text in plain.locator(".journey:visible .times > div:first-child .clock").all_inner_texts()]
    assert hours
    assert max(hours) < 12


def test_a_board_without_script_says_as_of_when_it_is(plain: Page):
    search(plain)
    expect(plain.locator("feed-status")).to_contain_text("As of")
    expect(plain.get_by_role("link", name="Refresh")).to_be_visible()
