"""Who may open the feed, and how anybody else is refused: with a status, before the upgrade."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import ParseResult, urlparse

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope, WebSocketConnectEvent
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import OriginValidator


class Refusal(TypedDict):
    """A status and a sentence."""

    status: int
    reason: str


async def handshake_refuse(send: ASGISendCallable, refusal: Refusal) -> None:
    """Answer the handshake with plain HTTP, so that a proxy and a person can read why."""
    await send(
        {
            "type": "websocket.http.response.start",
            "status": refusal["status"],
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")],
        }
    )
    await send({"type": "websocket.http.response.body", "body": f"{refusal['reason']}\n".encode(), "more_body": False})


class Refuser(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """Refuses every handshake."""

    channel_layer_alias = "none"
    refusal = Refusal(status=403, reason="Pages of this site may not open the feed.")

    async def websocket_connect(self, _message: WebSocketConnectEvent) -> None:
        """Refuse."""
        await handshake_refuse(self.base_send, self.refusal)


class NotFound(Refuser):
    """Refuses a path that is not the feed's."""

    refusal = Refusal(status=404, reason="The feed is at /ws/flight_updates/.")


class SameSite(OriginValidator):  # type: ignore[misc]
    """Lets in pages of the host that was asked and of the allowed hosts, and programs, which send no Origin.

    A browser always sends Origin; whatever a page elsewhere could do without this, any program can do anyway, as the feed
    needs no cookie. The check keeps other sites from living on ours.
    """

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Pass the handshake on, or refuse it with 403."""
        headers = dict(scope["headers"])  # type: ignore[typeddict-item]
        origin = headers.get(b"origin", b"").decode("latin1")
        host = headers.get(b"host", b"").decode("latin1")
        if not origin or origin.partition("://")[2] == host or self.validate_origin(_parsed(origin)):
            await self.application(scope, receive, send)
        else:
            await Refuser()(scope, receive, send)


def _parsed(origin: str) -> ParseResult | None:
    try:
        return urlparse(origin)
    except ValueError:
        return None
