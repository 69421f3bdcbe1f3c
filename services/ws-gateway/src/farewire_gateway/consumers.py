"""The consumer: one for each socket. It reads what the client says and leaves the rest to the hub."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, WebSocketDisconnectEvent, WebSocketScope
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from farewire.contracts.feed import SUBPROTOCOL, Ping, Subscribe, Unsubscribe
from farewire.contracts.topics import MarketTopic
from farewire.domain.errors import FarewireError
from farewire_gateway.client_message import FeedRefusal, client_message_read
from farewire_gateway.feed_socket import FeedSocket, FrameWriter
from farewire_gateway.frames import PONG, error_frame, hello_frame
from farewire_gateway.handshake import Refusal, handshake_refuse
from farewire_gateway.hub import TopicHub
from farewire_gateway.lifespan import HUB
from farewire_gateway.pace import Pace
from farewire_gateway.protocol import EXTENSION

_FULL = Refusal(status=503, reason="This gateway has all the connections that it takes; try again.")
_DRAINING = Refusal(status=503, reason="This gateway is about to stop; try again.")


class FlightConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """Speaks protocol 1 of the feed with one client."""

    # Names no configured layer: the hub holds the process's one channel, and a mailbox for each socket would cost a
    # subscription and a task each.
    channel_layer_alias = "none"

    socket: FeedSocket | None = None
    pace: Pace
    hub: TopicHub
    scope: WebSocketScope

    async def __call__(self, scope: WebSocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve the connection; whatever ends it, the hub forgets it."""
        self.hub = cast("dict[str, TopicHub]", scope["state"])[HUB]
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.socket is not None:
                self.hub.disconnect(self.socket)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler at once: Channels' own dispatch closes database connections in a thread, and here are none."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Accept and greet, unless the gateway takes no more."""
        hub = self.hub
        if hub.draining or len(hub.sockets) >= hub.settings.gateway_max_connections:
            hub.tally.refusals["draining" if hub.draining else "full"] += 1
            await handshake_refuse(self.base_send, _DRAINING if hub.draining else _FULL)
            return
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        extensions = cast("dict[str, dict[str, FrameWriter]]", self.scope.get("extensions") or {})
        self.socket = hub.connect(send=self.base_send, writer=extensions.get(EXTENSION, {}).get("writer"))
        self.pace = Pace(per_second=hub.settings.feed_messages_per_second, now=time.monotonic())
        hello = hello_frame(connection=self.socket.connection, heartbeat_seconds=hub.settings.feed_heartbeat_seconds)
        self.socket.push(hello)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        """Follow one message of the client, or say why not."""
        socket = self.socket
        if socket is None:
            return
        if wait := self.pace.wait_seconds(now=time.monotonic()):
            await asyncio.sleep(wait)
        try:
            message = client_message_read(text=text_data, limit_bytes=self.hub.settings.feed_message_bytes)
            match message:
                case Subscribe():
                    await self._subscribe(socket, message)
                case Unsubscribe():
                    for topic in message.topics:
                        self.hub.unsubscribe(socket, topic)
                case Ping():
                    await socket.reply(PONG)
        except FarewireError as error:
            await self._refuse(socket, error)

    async def websocket_disconnect(self, _message: WebSocketDisconnectEvent) -> None:
        """End; Channels' own handler would close database connections in a thread."""
        raise StopConsumer

    async def _subscribe(self, socket: FeedSocket, message: Subscribe) -> None:
        limit = self.hub.settings.feed_topics_per_connection
        for text in dict.fromkeys(message.topics):
            # A topic that is refused takes none of the others with it.
            try:
                topic = MarketTopic.parse(text)
                if text not in socket.subscriptions and len(socket.subscriptions) >= limit:
                    raise FeedRefusal(f"{text}: a connection may watch {limit} topics; unsubscribe from some.", code="too_many_topics")
                if text not in self.hub.topics and len(self.hub.topics) >= self.hub.settings.gateway_max_topics:
                    raise FeedRefusal(f"{text}: this gateway keeps all the topics that it can; try again later.", code="gateway_full")
            except FarewireError as error:
                await self._refuse(socket, error)
                continue
            only = frozenset(message.only[text]) if text in message.only else None
            self.hub.subscribe(socket, topic, have=message.have.get(text), only=only)

    async def _refuse(self, socket: FeedSocket, error: FarewireError) -> None:
        self.hub.tally.errors[error.code] += 1
        named = error.data.get("topic")
        await socket.reply(error_frame(code=error.code, message=f"{named}: {error.message}" if named else error.message))
