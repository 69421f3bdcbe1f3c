"""What one update costs: one encoding, whatever the number of sockets, and no thread."""

import threading
from contextlib import AsyncExitStack

from farewire_gateway import frames, local_topic

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SOCKETS = 40


async def test_an_update_is_encoded_once_and_starts_no_thread(gateway, worker, monkeypatch):
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(gateway.client()) for _ in range(SOCKETS)]
        for client in clients:
            await client.subscribe(TOPIC)
        for client in clients:
            await client.until(lambda client=client: client.version(TOPIC, FLIGHT) == 1 and TOPIC not in client.stale, what="snapshot")
        await clients[0].until(lambda: not gateway.hub.stale_reasons, what="live")

        encoded = []
        original = local_topic.update_frame

        def spy(**parts):
            encoded.append(original(**parts))
            return encoded[-1]

        monkeypatch.setattr(local_topic, "update_frame", spy)
        threads, sent = set(threading.enumerate()), gateway.hub.tally.frames
        for _ in range(10):
            worker.change(TOPIC, FLIGHT)
        for client in clients:
            await client.until(lambda client=client: client.version(TOPIC, FLIGHT) == 11, what="update")
        assert len(encoded) == 10
        assert gateway.hub.tally.frames - sent == 10 * SOCKETS
        assert set(threading.enumerate()) <= threads
        # Each frame was put on the wire as it is: nothing asked for its text again.
        assert all(isinstance(frame, frames.Frame) and "text" not in frame.__dict__ for frame in encoded)
        # And the layer knows one channel, not one for each socket.
        layer = gateway.hub._link._layer._get_layer()
        assert len(layer.channels) == 1
