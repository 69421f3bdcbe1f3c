"""What a traveller reads off the API's answers: journeys with their offers, and holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One brand of a journey: what it costs each passenger, in minor units, and how many seats are left of it."""

    brand: str
    offer_ids: tuple[str, ...]
    amount: int
    seats_left: int


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to travel; `departs_at` bears the local offset."""

    journey_id: str
    stops: int
    departs_at: datetime
    status: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """Seats kept, and the token that lets go of them; `amount` is for all passengers."""

    hold_id: str
    token: str
    amount: int


def journeys_read(document: Mapping[str, Any]) -> tuple[Journey, ...]:
    """Read a search's answer; KeyError, TypeError or ValueError where it is not one."""
    return tuple(
        Journey(
            journey_id=journey["journey_id"],
            stops=journey["stops"],
            departs_at=datetime.fromisoformat(journey["departs_at"]),
            status=journey["status"],
            options=tuple(
                Option(offer["brand"], tuple(offer["offer_ids"]), offer["amount"], offer["seats_left"]) for offer in journey["offers"]
            ),
        )
        for journey in document["journeys"]
    )


def hold_read(document: Mapping[str, Any]) -> Hold:
    """Read a created hold; KeyError or TypeError where it is not one."""
    return Hold(document["hold_id"], document["token"], document["price"]["amount"])
