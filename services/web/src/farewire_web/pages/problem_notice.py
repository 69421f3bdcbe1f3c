"""A refusal as a page tells it: what happened, and a way on."""

from __future__ import annotations

from dataclasses import dataclass

from farewire.domain.errors import FarewireError, TooMany

_TITLES = {
    "sold_out": "Those seats have just gone",
    "fare_closed": "That fare has just closed",
    "offer_expired": "That price is no longer offered",
    "too_many_holds": "You hold as many as you may",
    "too_many_seats": "You hold as many seats here as you may",
    "unavailable": "That took too long",
    "hold_converted": "This hold was paid for",
}
_ON_THE_BOARD = {
    "sold_out": "Somebody was faster, and no seat was held for you. The board below shows what is left now.",
    "fare_closed": "Nothing was held. The board below shows the fares of now.",
    "offer_expired": "A price stays yours for two minutes after it changes, and this one is older. The board below shows the fares of now.",
    "unknown_offer": "Nothing was held: what this page named is not on sale. The board below shows the fares of now.",
    "unavailable": "Nothing was held, and nothing was lost. Choose again in a moment.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads on."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class ProblemNotice:
    """What to show of a refusal."""

    code: str
    title: str
    message: str
    ways: tuple[Way, ...] = ()


def problem_notice(error: FarewireError, *, ways: tuple[Way, ...] = (), on_board: bool = False) -> ProblemNotice:
    """Put `error` in a traveller's words; `on_board` where a fresh board stands below."""
    message = _ON_THE_BOARD.get(error.code, error.message) if on_board else error.message
    if isinstance(error, TooMany):
        message = f"{error.message} The next one ends in {max(1, round(error.retry_after / 60))} min."
    return ProblemNotice(code=error.code, title=_TITLES.get(error.code, "That did not work"), message=message, ways=ways)
