"""The names by which flights, offers and holds are known outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from farewire.domain.errors import InvalidInput
from farewire.domain.states import BrandCode, CabinCode

_FLIGHT = re.compile(r"(?P<carrier>[A-Z0-9]{2,3}?)(?P<number>\d{1,4})(?P<suffix>[A-Z]?)-(?P<date>\d{8})-(?P<origin>[A-Z]{3})")
_OFFER = re.compile(
    rf"(?P<flight>{_FLIGHT.pattern})\.(?P<cabin>{'|'.join(CabinCode)})\.(?P<version>[1-9]\d{{0,17}})\.(?P<brand>{'|'.join(BrandCode)})"
)


def flight_id_format(*, carrier: str, number: int, suffix: str = "", local_date: date, origin: str) -> str:
    """A dated leg's id: `FW123-20261201-JFK`, the flight, its local date of departure and where it departs."""
    return f"{carrier}{number}{suffix}-{local_date:%Y%m%d}-{origin}"


@dataclass(frozen=True, slots=True)
class OfferId:
    """An offer: one brand of one version of one cabin of a dated leg; immutable once published.

    Written `FW123-20261201-JFK.economy.17.basic`.
    """

    flight_id: str
    cabin: CabinCode
    version: int
    brand: BrandCode

    def __str__(self) -> str:
        return f"{self.flight_id}.{self.cabin}.{self.version}.{self.brand}"

    @classmethod
    def parse(cls, text: str) -> OfferId:
        """Read an offer id; `InvalidInput` with code `invalid_offer_id` says what one looks like."""
        match = _OFFER.fullmatch(text)
        if match is None:
            raise InvalidInput(
                "An offer id looks like FW123-20261201-JFK.economy.17.basic; copy it from a search or from the feed.",
                code="invalid_offer_id",
                data={"offer_id": text[:100]},
            )
        return cls(match["flight"], CabinCode(match["cabin"]), int(match["version"]), BrandCode(match["brand"]))
