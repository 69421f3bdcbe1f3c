from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from .conftest import board_address


def seconds_left(page: Page) -> int:
    minutes, seconds = (page.get_by_role("timer").get_attribute("aria-label") or "").split(":")
    return int(minutes) * 60 + int(seconds)


def hold_first(page: Page) -> None:
    page.goto(board_address())
    page.locator("button.fare:enabled").first.click()
    expect(page.get_by_role("heading", name="Held for you")).to_be_visible()


def test_a_hold_counts_down_and_is_given_back(page: Page):
    hold_first(page)
    expect(page).to_have_url(re.compile(r"/holds/h_"))
    timer = page.get_by_role("timer")
    first = seconds_left(page)
    assert 14 * 60 < first <= 15 * 60
    expect(timer).not_to_have_attribute("aria-label", timer.get_attribute("aria-label") or "")
    assert seconds_left(page) < first
    page.get_by_role("button", name=re.compile("Release")).click()
    expect(page.get_by_role("heading", name="Released")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)
    page.get_by_role("link", name="See the board of now").click()
    expect(page.locator(".journey").first).to_be_visible()


def test_the_countdown_is_in_server_time_whatever_the_clock_here_says(context_new: Callable[..., BrowserContext]):
    page = context_new().new_page()
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=3))
    hold_first(page)
    assert 14 * 60 < seconds_left(page) <= 15 * 60


def test_a_clock_that_jumps_ends_no_hold_the_server_says_when_it_ends(context_new: Callable[..., BrowserContext]):
    page = context_new().new_page()
    page.clock.install(time=datetime.now(UTC))
    hold_first(page)
    page.clock.fast_forward("20:00")
    expect(page.get_by_role("timer")).to_have_attribute("aria-label", re.compile(r"^1[0-5]:"))
    expect(page.get_by_role("heading", name="Held for you")).to_be_visible()


def test_at_zero_the_server_is_asked_and_the_page_shows_what_became_of_the_hold(context_new: Callable[..., BrowserContext]):
    page = context_new().new_page()
    page.clock.install(time=datetime.now(UTC))
    hold_first(page)
    page.route("**/state", lambda route: route.fulfill(json={"state": "expired", "now_ms": 1, "expires_ms": 1}))
    with page.expect_navigation():
        page.clock.fast_forward("15:30")


def test_another_browser_cannot_see_a_hold(page: Page, context_new: Callable[..., BrowserContext]):
    hold_first(page)
    other = context_new().new_page()
    response = other.goto(page.url)
    assert response is not None
    assert response.status == 404
    expect(other.get_by_role("link", name="Search for flights")).to_be_visible()
