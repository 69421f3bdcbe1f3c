"""A site of ours in memory, which answers a session's actions as the API would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from farewire_dev.shoppers.journey import Hold, Journey, Option
from farewire_dev.shoppers.traveller import Traveller
from farewire_dev.shoppers.visit import Action, Answer, Done, Found, Held, Pay, Refused, Release, Search, TakeHold

DAY = datetime(2026, 12, 1, tzinfo=UTC)


def journey(number: int, *, amount: int, seats_left: int = 9, hour: int = 9, stops: int = 0, status: str = "open") -> Journey:
    """A journey of one flight whose basic offer costs `amount`."""
    flight = f"FW{number}-20261201-JFK"
    return Journey(
        journey_id=flight,
        stops=stops,
        departs_at=DAY + timedelta(hours=hour),
        status=status,
        options=tuple(
            Option(brand, (f"{flight}.economy.1.{brand}",), amount + extra, seats_left)
            for brand, extra in (("basic", 0), ("standard", 3000), ("flex", 9000))
        ),
    )


@dataclass
class Airline:
    """Counts its seats and remembers what it was asked; `moods` answers first, where it answers at all."""

    seats: int = 9
    amount: int = 10_000
    moods: Callable[[Action], Answer | None] = lambda _action: None
    log: list[Action] = field(default_factory=list)
    held: dict[int, int] = field(default_factory=dict)
    entered: list["AirlineSession"] = field(default_factory=list)

    def enter(self, traveller: Traveller) -> "AirlineSession":
        """Begin a visit, and remember it."""
        self.entered.append(AirlineSession(self, traveller))
        return self.entered[-1]


@dataclass
class AirlineSession:
    """One visit to an `Airline`."""

    airline: Airline
    traveller: Traveller
    closed: bool = False

    async def perform(self, action: Action) -> Answer:
        """Answer from the airline's mood or its seats."""
        airline = self.airline
        airline.log.append(action)
        if (mood := airline.moods(action)) is not None:
            return mood
        number = self.traveller.number
        match action:
            case Search():
                return Found((journey(1, amount=airline.amount, seats_left=min(9, airline.seats)),))
            case TakeHold():
                if airline.seats < action.passengers:
                    return Refused(409, "sold_out")
                airline.seats -= action.passengers
                airline.held[number] = action.passengers
                return Held(Hold(f"h_{number}", "token", airline.amount * action.passengers))
            case Release():
                airline.seats += airline.held.pop(number)
                return Done()
            case Pay():
                return Refused(404, "not_offered")
        raise AssertionError(action)

    async def close(self) -> None:
        """Remember that the visit ended."""
        self.closed = True
