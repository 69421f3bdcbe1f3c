"""Chromium on the whole stack: what every browser test begins from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.integration.process_stack import ProcessStack
from tests.integration.stack import Stack

from .chromium import ARGUMENTS, chromium
from .traveller import Traveller, day_ahead

_DAYS = 4
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Chromium, or no browser tests: CI must run them."""
    found = chromium()
    if found.path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"browser tests must run here: {found.why}", pytrace=False)
        pytest.skip(found.why)
    return found.path


@pytest.fixture(scope="package")
def stack(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole of Farewire with a few days of departures, and nobody else on it; down before other tests start theirs."""
    running = ProcessStack(tmp_path_factory.mktemp("stack"), days=_DAYS)
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture
def traveller(stack: Stack) -> Iterator[Traveller]:
    """Somebody else, who holds seats meanwhile."""
    somebody = Traveller(stack.url)
    yield somebody
    somebody.close()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for a module: Playwright's loop must not outlive it, or coroutine tests could not run after."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def context_new(browser: Browser, stack: Stack) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts on the site; whatever breaks in one of their pages fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            faults.append(message.text)

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=stack.url, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", hear)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(context_new: Callable[..., BrowserContext]) -> Page:
    """A page of 1280 by 900 with script."""
    return context_new().new_page()


@pytest.fixture
def board(page: Page) -> Callable[..., Page]:
    """Opens a board and waits until it is live."""

    def open_board(origin: str = "JFK", destination: str = "LAX", **more: str) -> Page:
        page.goto(board_address(origin, destination, **more))
        expect(page.locator("feed-status")).to_have_attribute("data-state", "live")
        return page

    return open_board


def board_address(origin: str = "JFK", destination: str = "LAX", **more: str) -> str:
    """The address of a board two days ahead."""
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/flights?origin={origin}&destination={destination}&date={day_ahead()}{rest}"
