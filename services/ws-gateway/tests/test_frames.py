"""Frames are what websockets and the contract say they are."""

import pytest
from websockets.frames import Frame as Reference
from websockets.frames import Opcode

from farewire.contracts.feed import Draining, Error, Hello, Pong, Snapshot, Stale, Update, server_message
from farewire_dev.testing.feed_worker import flight_make
from farewire_gateway import frames

FLIGHT = flight_make("FW123-20261201-JFK", 7)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_on_the_wire_is_what_websockets_would_write(length):
    frame = frames.Frame(b"x" * length)
    assert frame.wire == Reference(Opcode.TEXT, frame.payload).serialize(mask=False)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            frames.snapshot_frame(topic="t", epoch="e", seq=3, recovered=True, documents=[FLIGHT.model_dump_json().encode()] * 2),
            Snapshot(topic="t", epoch="e", seq=3, recovered=True, flights=[FLIGHT, FLIGHT]),
        ),
        (
            frames.snapshot_frame(topic="t", epoch="e", seq=3, recovered=False, documents=[]),
            Snapshot(topic="t", epoch="e", seq=3, recovered=False, flights=[]),
        ),
        (
            frames.update_frame(topic="t", epoch="e", seq=3, ts=1.5, documents=[FLIGHT.model_dump_json().encode()]),
            Update(topic="t", epoch="e", seq=3, ts=1.5, flights=[FLIGHT]),
        ),
        (frames.stale_frame("t"), Stale(topic="t")),
        (frames.hello_frame(connection="c", heartbeat_seconds=15.0), Hello(connection="c", heartbeat_seconds=15.0)),
        (frames.draining_frame(reconnect_after_ms=12), Draining(reconnect_after_ms=12)),
        (frames.error_frame(code="c", message='a "b"'), Error(code="c", message='a "b"')),
        (frames.PONG, Pong()),
    ],
)
def test_what_is_put_together_from_parts_is_the_contracts_message(frame, message):
    assert server_message.validate_json(frame.text) == message
