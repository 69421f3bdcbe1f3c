"""Money: integer minor units with their currency, never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CURRENCY_LENGTH = 3


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of `amount` minor units (cents) of an ISO 4217 `currency`."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise TypeError(f"an amount is an integer of minor units, not {self.amount!r}")
        if len(self.currency) != CURRENCY_LENGTH or not self.currency.isalpha() or not self.currency.isupper():
            raise ValueError(f"a currency is an ISO 4217 code such as USD, not {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.amount * count, self.currency)

    def __le__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount <= other.amount

    def __lt__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount < other.amount

    def _require_same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be compared or added")


def money_sum(amounts: Iterable[Money]) -> Money:
    """The sum of at least one amount, all of one currency."""
    total: Money | None = None
    for money in amounts:
        total = money if total is None else total + money
    if total is None:
        raise ValueError("the sum of no amounts has no currency")
    return total
