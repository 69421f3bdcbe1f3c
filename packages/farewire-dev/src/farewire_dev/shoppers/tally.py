"""What happened to the travellers of the last minute, for one log line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from farewire_dev.shoppers.visit import Action, Answer, Found, Held, Outcome, Refused, Unreachable


def percentile(values: Sequence[float], share: float) -> float:
    """The value below or at which `share` of `values` lie (nearest rank); ValueError for no values."""
    if not values:
        raise ValueError("no values have no percentile")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


@dataclass
class Tally:
    """Counts since the last report."""

    arrived: int = 0
    turned_away: int = 0
    seats_held: int = 0
    amount_held: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, action: Action, answer: Answer, *, seconds: float, passengers: int) -> None:
        """Count an answer of the site."""
        name = type(action).__name__.lower()
        self.seconds[name].append(seconds)
        match answer:
            case Refused():
                self.answers[f"{answer.status} {answer.code}"] += 1
            case Unreachable():
                self.answers["unreachable"] += 1
            case Held():
                self.answers["held"] += 1
                self.seats_held += passengers
                self.amount_held += answer.hold.amount
            case Found():
                self.answers["found" if answer.journeys else "found_nothing"] += 1
            case _:
                self.answers[name] += 1

    def report(self, *, visiting: int) -> dict[str, object]:
        """The counts as fields of one log event, after which they start at nothing again."""
        fields: dict[str, object] = {
            "arrived": self.arrived,
            "visiting": visiting,
            "turned_away": self.turned_away,
            "seats_held": self.seats_held,
            "amount_held": self.amount_held,
            "answers": dict(sorted(self.answers.items())),
            "outcomes": {str(outcome): count for outcome, count in sorted(self.outcomes.items())},
        }
        for name in ("search", "takehold"):
            if taken := self.seconds[name]:
                fields[f"{name}_p50_ms"] = round(1000 * percentile(taken, 0.5))
                fields[f"{name}_p95_ms"] = round(1000 * percentile(taken, 0.95))
        self.arrived = self.turned_away = self.seats_held = self.amount_held = 0
        for counts in (self.answers, self.outcomes, self.seconds):
            counts.clear()
        return fields
