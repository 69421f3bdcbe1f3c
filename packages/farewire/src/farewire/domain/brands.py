"""Brands: the conditions that a traveller may add to the lowest open booking class, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from farewire.domain.fares import WHOLE
from farewire.domain.states import BrandCode


@dataclass(frozen=True, slots=True)
class Brand:
    """What a brand adds to the base amount: a fixed part in minor units and a part per hundred of the base."""

    code: BrandCode
    fixed: int
    percent: int

    def amount(self, base: int) -> int:
        """Return the price per traveller in minor units, in whole dollars, for a `base` in minor units."""
        return (base + self.fixed + base * self.percent // 100 + WHOLE // 2) // WHOLE * WHOLE


BRANDS = (
    Brand(BrandCode.BASIC, fixed=0, percent=0),
    Brand(BrandCode.STANDARD, fixed=1800, percent=6),
    Brand(BrandCode.FLEX, fixed=4500, percent=18),
)


def brand_amounts(base: int) -> dict[str, int]:
    """Return each brand's price per traveller in minor units by brand code, in the order in which brands are shown."""
    return {brand.code.value: brand.amount(base) for brand in BRANDS}
