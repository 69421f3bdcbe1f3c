"""Whether the site lives, as its internal ports and its visitors see it."""

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from farewire.contracts.feed import PATH, Hello, server_message


def ready(internal_bind: str) -> bool:
    """Whether an instance of a service says that it is ready."""
    try:
        return httpx.get(f"http://{internal_bind}/readyz", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def page_answers(url: str) -> bool:
    """Whether the front page comes through the front door."""
    try:
        return httpx.get(f"{url}/", timeout=10).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def feed_answers(url: str) -> bool:
    """Whether a socket opens through the front door and is greeted."""
    try:
        with connect(f"{url.replace('http', 'ws', 1)}/{PATH}", open_timeout=5) as opened:
            return isinstance(server_message.validate_json(opened.recv(timeout=5)), Hello)
    except (OSError, WebSocketException):
        return False
