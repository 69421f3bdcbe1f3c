"""Farewire's front door for people and programs: pages and the JSON API, over WSGI."""

from importlib.metadata import version

__version__ = version("farewire-web")
