"""uvicorn's websocket protocol, with two things that ASGI has no words for.

A prebuilt frame may be written to every socket of a topic as it is, where ASGI would encode it again for each; and a
reader who has stopped reading is dropped, where closing would wait for ever for its buffer to empty. Read with uvicorn
0.54's `websockets_sansio_impl`; a server without this protocol serves the feed all the same, through ASGI sends.
"""

from __future__ import annotations

from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "farewire.frames"
"""The key in scope["extensions"] under which a connection offers its `FrameWriter`."""

_PATIENCE_SECONDS = 5.0


class TransportWriter:
    """The `FrameWriter` of one connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: FeedProtocol) -> None:
        self._connection = connection

    def writable(self) -> bool:
        """Whether the connection is open and its buffer below the mark."""
        connection = self._connection
        return (
            connection.writable.is_set()
            and connection.handshake_complete
            and not connection.close_sent
            and not connection.disconnected
            and not connection.transport.is_closing()
        )

    def write(self, frame: bytes) -> None:
        """Write one unmasked, uncompressed frame between those of `websockets`, which keeps no state across whole frames."""
        self._connection.transport.write(frame)

    async def drained(self) -> bool:
        """Wait until the buffer has fallen below the mark; False once the connection is gone or closing."""
        await self._connection.writable.wait()
        return self.writable()

    def abort(self) -> None:
        """Drop the connection with whatever is buffered."""
        self._connection.transport.abort()


class FeedProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    def handle_connect(self, event: Request) -> None:
        """Offer the writer to the application, which runs from the loop's next step."""
        super().handle_connect(event)
        if not self.handshake_complete:
            extensions = cast("dict[str, dict[str, object]]", self.scope["extensions"])
            extensions[EXTENSION] = {"writer": TransportWriter(self)}

    def keepalive_timeout(self) -> None:
        """Close, and drop a peer that does not take even that."""
        super().keepalive_timeout()
        self.loop.call_later(_PATIENCE_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """Close as uvicorn does, and drop a peer that does not take even that."""
        super().shutdown()
        self.loop.call_later(_PATIENCE_SECONDS / 5, self.transport.abort)
