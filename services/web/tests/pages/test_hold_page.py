from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from farewire.bookings.models import Hold
from farewire.inventory.models import Cabin
from farewire.pricing.models import OfferVersion

from .board_page import BoardPage

pytestmark = pytest.mark.django_db(transaction=True)


def board(browser, address, **more) -> BoardPage:
    return BoardPage(browser.get(*address(**more)).content.decode())


def click(browser, page: BoardPage, index: int = 0, **changes):
    return browser.post("/holds", {**page.fields, "offer_ids": page.buttons[index]["value"], **changes})


def test_a_click_holds_what_it_names_and_leads_to_the_hold(browser, market, address):
    page = board(browser, address, passengers="2")
    response = click(browser, page, 1)
    assert response.status_code == 302
    html = browser.get(response["Location"]).content.decode()
    hold = Hold.objects.get()
    assert response["Location"] == f"/holds/{hold.id}"
    assert (hold.passengers, hold.amount) == (
        2,
        2 * OfferVersion.objects.get(cabin__leg=market["FW100"], cabin__code="economy").amounts["standard"],
    )
    assert "Held for you" in html
    assert "FW 100" in html
    assert f'data-expires="{int(hold.expires_at.timestamp() * 1000)}"' in html


def test_a_form_sent_twice_holds_once(browser, market, address):
    page = board(browser, address)
    assert click(browser, page)["Location"] == click(browser, page)["Location"]
    assert Hold.objects.count() == 1


def test_a_form_without_its_key_holds_nothing(browser, market, address):
    response = click(browser, board(browser, address), idempotency_key="")
    assert response.status_code == 422
    assert "search again and choose a fare" in response.content.decode()
    assert not Hold.objects.exists()


def test_another_fare_of_the_same_page_is_another_hold(browser, market, address):
    page = board(browser, address)
    assert click(browser, page, 0)["Location"] != click(browser, page, 3)["Location"]


def test_a_form_sent_again_after_its_hold_was_released_holds_anew(browser, market, address):
    page = board(browser, address)
    first = click(browser, page)["Location"]
    released = browser.post(f"{first}/release", page.fields)
    assert released["Location"] == first
    assert "Released" in browser.get(first).content.decode()
    second = click(browser, page)["Location"]
    assert second != first
    assert click(browser, page)["Location"] == second, "and that once"
    assert Cabin.objects.get(leg=market["FW100"], code="economy").held == 1


def test_only_the_browser_that_made_a_hold_sees_and_releases_it(browser, market, address):
    location = click(browser, board(browser, address))["Location"]
    other = Client()
    assert other.get(location).status_code == 404
    assert other.get(f"{location}/state").status_code == 404
    assert other.post(f"{location}/release").status_code == 404
    assert Hold.objects.get().state == "active"


def test_the_hold_cookie_is_out_of_reach_of_scripts_and_of_other_pages(browser, market, address):
    response = click(browser, board(browser, address))
    cookie = response.cookies["farewire_hold"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == response["Location"]


def test_the_state_tells_the_servers_own_time(browser, market, address):
    location = click(browser, board(browser, address))["Location"]
    before = timezone.now().timestamp() * 1000
    state = browser.get(f"{location}/state").json()
    assert state["state"] == "active"
    assert before - 1 <= state["now_ms"] <= timezone.now().timestamp() * 1000
    assert state["expires_ms"] == int(Hold.objects.get().expires_at.timestamp() * 1000)


def test_a_hold_past_its_time_is_shown_as_run_out(browser, market, address):
    location = click(browser, board(browser, address))["Location"]
    past = timezone.now() - timedelta(seconds=1)
    Hold.objects.update(created_at=past - timedelta(minutes=15), expires_at=past)
    html = browser.get(location).content.decode()
    assert "This hold has run out" in html
    assert "<hold-countdown" not in html


def test_seats_that_are_gone_are_told_above_a_fresh_board(browser, market, address):
    page = board(browser, address)
    Cabin.objects.filter(leg=market["FW100"]).update(blocked=5)
    response = click(browser, page)
    fresh = BoardPage(response.content.decode())
    assert response.status_code == 409
    assert fresh.notices == ["sold_out"]
    assert len(fresh.rows) == 3
    assert Hold.objects.count() == 0


def test_a_price_that_is_no_longer_offered_is_told_above_a_fresh_board(browser, market, address):
    page = board(browser, address)
    OfferVersion.objects.update(superseded_at=timezone.now() - timedelta(minutes=3))
    response = click(browser, page)
    assert response.status_code == 409
    assert BoardPage(response.content.decode()).notices == ["offer_expired"]


def test_too_many_holds_say_when_to_come_back(browser, market, address):
    for _ in range(6):
        page = board(browser, address)
        assert click(browser, page, 3).status_code == 302
    response = click(browser, board(browser, address), 3)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert BoardPage(response.content.decode()).notices == ["too_many_holds"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"offer_ids": ""}, 409),
        ({"offer_ids": "nonsense"}, 422),
        ({"passengers": "0"}, 422),
        ({"passengers": "x"}, 422),
        ({"search": "//elsewhere.example"}, 302),
    ],
)
def test_a_form_that_no_page_of_ours_made_leads_nowhere_else(browser, market, address, changes, status):
    response = click(browser, board(browser, address), **changes)
    assert response.status_code == status
    assert response.get("Location", "/holds/").startswith("/holds/")


def test_the_address_of_the_form_alone_leads_to_the_search(browser):
    assert browser.get("/holds")["Location"] == "/"


def test_a_form_without_our_token_is_refused_with_a_page(browser, market, address):
    page = board(browser, address)
    response = click(browser, page, csrfmiddlewaretoken="")
    assert response.status_code == 403
    assert "This form has grown too old" in response.content.decode()
    assert Hold.objects.count() == 0
