"""Farewire's front door for people and programs: pages and the JSON API, over WSGI."""
