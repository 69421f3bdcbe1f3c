"""Where each page is."""

from __future__ import annotations

from django.urls import path

from farewire_web.pages.flights_page import flights_page
from farewire_web.pages.hold_page import hold_create, hold_page, hold_release, hold_state
from farewire_web.pages.search_page import search_page

app_name = "pages"
urlpatterns = [
    path("", search_page, name="search"),
    path("flights", flights_page, name="flights"),
    path("holds", hold_create, name="hold_create"),
    path("holds/<str:hold_id>", hold_page, name="hold"),
    path("holds/<str:hold_id>/state", hold_state, name="hold_state"),
    path("holds/<str:hold_id>/release", hold_release, name="hold_release"),
]
