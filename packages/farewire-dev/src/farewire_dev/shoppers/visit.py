"""One visit to the site as a coroutine without I/O: it asks for actions and is told how they ended."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from farewire_dev.shoppers.choice import option_choose
from farewire_dev.shoppers.journey import Hold, Journey, Option
from farewire_dev.shoppers.traveller import Resolve, Traveller

_TRIES = 3
"""How often a person repeats what failed, and how often they choose anew after a refusal."""
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_SHRUG_SECONDS = 3.0
"""How long a person waits before repeating, where nobody said how long."""


@dataclass(frozen=True, slots=True)
class Search:
    """Look at a market `days_ahead` of today."""

    origin: str
    destination: str
    days_ahead: int
    passengers: int


@dataclass(frozen=True, slots=True)
class TakeHold:
    """Hold an option; `attempt` names the try, and the same attempt bears the same Idempotency-Key."""

    offer_ids: tuple[str, ...]
    passengers: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay for what is held. The site takes no payment yet; it then is refused as `not_offered`."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Release:
    """Give back what is held."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Think:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    journeys: tuple[Journey, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A hold was made."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Done:
    """It worked, and there is nothing more to say."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The site said no: the HTTP status, the problem's code, and after how many seconds to come back if it said so."""

    status: int
    code: str
    retry_after: float | None = None

    @property
    def later(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status in _LATER


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer came."""


Action = Search | TakeHold | Pay | Release | Think
Answer = Found | Held | Done | Refused | Unreachable


class Outcome(StrEnum):
    """How a visit ended."""

    LOOKED = "looked"
    NOTHING = "nothing_suits"
    GAVE_UP = "gave_up"
    PAID = "paid"
    RELEASED = "released"
    LEFT = "left_to_expire"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


Visit = Generator[Action, Answer, Outcome]
_Step = Generator[Action, Answer, Answer]


def visit(traveller: Traveller) -> Visit:
    """Play one traveller from their first search to the end of the visit; the generator's value is the outcome."""
    attempt = 0
    refused: set[str] = set()
    for look in range(1, traveller.looks + _TRIES):
        found = yield from _persist(_search(traveller, look), traveller.patience_seconds)
        if not isinstance(found, Found):
            return _failure(found)
        yield Think(traveller.look_seconds)
        if look < traveller.looks:
            continue
        if not traveller.books:
            return Outcome.LOOKED
        option = option_choose(traveller, found.journeys, refused=refused)
        if option is None:
            return Outcome.NOTHING
        attempt += 1
        held = yield from _persist(TakeHold(option.offer_ids, traveller.passengers, attempt), traveller.patience_seconds)
        if isinstance(held, Held):
            return (yield from _settle(traveller, held.hold))
        if not isinstance(held, Refused) or held.status != HTTPStatus.CONFLICT:
            return _failure(held)
        if held.code == "sold_out":
            refused.add(_journey_of(option, found.journeys))
    return Outcome.GAVE_UP


def _search(traveller: Traveller, look: int) -> Search:
    # Who only looks compares the days around; who books comes back to the day that they travel.
    days = traveller.days_ahead if traveller.books else max(1, traveller.days_ahead + (0, 1, -1, 2, -2)[(look - 1) % 5])
    return Search(traveller.market.origin, traveller.market.destination, days, traveller.passengers)


def _persist(action: Action, patience_seconds: float) -> _Step:
    """Repeat the very same action while the site says "later" and patience lasts; the last answer is the value."""
    waited = 0.0
    tries = 1
    while True:
        answer = yield action
        if isinstance(answer, Unreachable):
            pause = _SHRUG_SECONDS
        elif isinstance(answer, Refused) and answer.later:
            pause = _SHRUG_SECONDS if answer.retry_after is None else answer.retry_after
        else:
            return answer
        waited += pause
        if tries == _TRIES or waited > patience_seconds:
            return answer
        tries += 1
        yield Think(pause)


def _settle(traveller: Traveller, hold: Hold) -> Visit:
    yield Think(traveller.decide_seconds)
    if traveller.resolve is Resolve.FORGET:
        return Outcome.LEFT
    if traveller.resolve is Resolve.PAY:
        paid = yield from _persist(Pay(hold), traveller.patience_seconds)
        return Outcome.PAID if isinstance(paid, Done) else Outcome.LEFT
    released = yield from _persist(Release(hold), traveller.patience_seconds)
    return Outcome.RELEASED if isinstance(released, Done) else Outcome.LEFT


def _failure(answer: Answer) -> Outcome:
    if isinstance(answer, Unreachable):
        return Outcome.UNREACHABLE
    return Outcome.GAVE_UP if isinstance(answer, Refused) and answer.later else Outcome.REFUSED


def _journey_of(option: Option, journeys: tuple[Journey, ...]) -> str:
    return next(journey.journey_id for journey in journeys if option in journey.options)
