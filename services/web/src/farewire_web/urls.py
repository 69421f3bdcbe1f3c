"""Where each address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from farewire_web.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("farewire_web.pages.urls")),
]
