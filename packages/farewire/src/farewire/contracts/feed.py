"""Protocol 1 of the live feed: every message that crosses a socket of `/ws/flight_updates/`.

Messages carry state, not differences: a client keeps the highest version per flight, so a repeated or reordered update
does no harm. `amount` is in minor units of `currency`; `ts` is the commit's time in seconds since 1970.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PROTOCOL = 1
SUBPROTOCOL = "farewire.v1"
PATH = "ws/flight_updates/"


class Message(BaseModel):
    """A frozen message that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Offer(Message):
    """One brand at one price; immutable under its id."""

    offer_id: str
    brand: Literal["basic", "standard", "flex"]
    fare_class: str
    amount: Annotated[int, Field(ge=0)]
    currency: str


class Cabin(Message):
    """A cabin's real seats, capped at nine, and what they cost now; no offers where none may be sold."""

    cabin: Literal["economy", "premium", "business"]
    seats_left: Annotated[int, Field(ge=0, le=9)]
    offers: list[Offer]


class Flight(Message):
    """The whole public state of a dated leg at `version`."""

    id: str
    version: Annotated[int, Field(ge=1)]
    status: Literal["open", "closed", "cancelled"]
    cabins: list[Cabin]


class Position(Message):
    """How far a topic has been seen: `seq` counts within an `epoch`."""

    epoch: str
    seq: Annotated[int, Field(ge=0)]


class Subscribe(Message):
    """Ask for topics, telling what is already known and which flights alone matter."""

    type: Literal["subscribe"]
    topics: list[str]
    have: dict[str, Position] = {}
    only: dict[str, list[str]] = {}


class Unsubscribe(Message):
    """Stop topics."""

    type: Literal["unsubscribe"]
    topics: list[str]


class Ping(Message):
    """Ask whether the other side is there."""

    type: Literal["ping"]


class Hello(Message):
    """The first frame of every connection."""

    type: Literal["hello"] = "hello"
    protocol: Literal[1] = 1
    connection: str
    heartbeat_seconds: float


class Pong(Message):
    """The answer to a ping, and what an idle connection hears every `heartbeat_seconds`."""

    type: Literal["pong"] = "pong"


class Snapshot(Message):
    """A topic's state; with `recovered` only what changed since `have`."""

    type: Literal["snapshot"] = "snapshot"
    topic: str
    epoch: str
    seq: int
    recovered: bool
    flights: list[Flight]


class Update(Message):
    """The full state of each flight of a topic that changed."""

    type: Literal["update"] = "update"
    topic: str
    epoch: str
    seq: int
    ts: float
    flights: list[Flight]


class Stale(Message):
    """The gateway cannot vouch for this topic any more; a snapshot follows when it can again."""

    type: Literal["stale"] = "stale"
    topic: str


class Draining(Message):
    """This connection will be closed; come back after so many milliseconds."""

    type: Literal["draining"] = "draining"
    reconnect_after_ms: int


class Error(Message):
    """A frame that could not be followed, and why; the connection stays unless the close says otherwise."""

    type: Literal["error"] = "error"
    code: str
    message: str


ClientMessage = Annotated[Subscribe | Unsubscribe | Ping, Field(discriminator="type")]
ServerMessage = Annotated[Hello | Pong | Snapshot | Update | Stale | Draining | Error, Field(discriminator="type")]

client_message: TypeAdapter[Subscribe | Unsubscribe | Ping] = TypeAdapter(ClientMessage)
server_message: TypeAdapter[Hello | Pong | Snapshot | Update | Stale | Draining | Error] = TypeAdapter(ServerMessage)
