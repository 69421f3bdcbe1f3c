"""What goes out: each message is encoded once, whatever the number of sockets that it is written to."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cached_property

import orjson

from farewire.contracts.feed import PROTOCOL

_FINAL_TEXT = 0x81
_SHORT, _MEDIUM = 126, 1 << 16


class Frame:
    """One message: as text for an ASGI server, and as the bytes of an unmasked, uncompressed websocket frame (RFC 6455 §5.2)."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    @cached_property
    def text(self) -> str:
        """The JSON text."""
        return self.payload.decode()

    @cached_property
    def wire(self) -> bytes:
        """The whole frame, header included."""
        length = len(self.payload)
        if length < _SHORT:
            return struct.pack("!BB", _FINAL_TEXT, length) + self.payload
        if length < _MEDIUM:
            return struct.pack("!BBH", _FINAL_TEXT, 126, length) + self.payload
        return struct.pack("!BBQ", _FINAL_TEXT, 127, length) + self.payload


def snapshot_frame(*, topic: str, epoch: str, seq: int, recovered: bool, documents: Iterable[bytes]) -> Frame:
    """A topic's state; the documents are the contract's flights as JSON."""
    head = orjson.dumps({"type": "snapshot", "topic": topic, "epoch": epoch, "seq": seq, "recovered": recovered})
    return _with_flights(head, documents)


def update_frame(*, topic: str, epoch: str, seq: int, ts: float, documents: Iterable[bytes]) -> Frame:
    """The flights of a topic that changed."""
    return _with_flights(orjson.dumps({"type": "update", "topic": topic, "epoch": epoch, "seq": seq, "ts": ts}), documents)


def stale_frame(topic: str) -> Frame:
    """The topic cannot be vouched for."""
    return Frame(orjson.dumps({"type": "stale", "topic": topic}))


def hello_frame(*, connection: str, heartbeat_seconds: float) -> Frame:
    """The first frame of a connection."""
    return Frame(orjson.dumps({"type": "hello", "protocol": PROTOCOL, "connection": connection, "heartbeat_seconds": heartbeat_seconds}))


def draining_frame(*, reconnect_after_ms: int) -> Frame:
    """The connection will be closed."""
    return Frame(orjson.dumps({"type": "draining", "reconnect_after_ms": reconnect_after_ms}))


def error_frame(*, code: str, message: str) -> Frame:
    """A message that could not be followed."""
    return Frame(orjson.dumps({"type": "error", "code": code, "message": message}))


PONG = Frame(b'{"type":"pong"}')


def _with_flights(head: bytes, documents: Iterable[bytes]) -> Frame:
    return Frame(head[:-1] + b',"flights":[' + b",".join(documents) + b"]}")
