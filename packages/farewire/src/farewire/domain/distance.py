"""How far apart two airports are."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

_EARTH_DIAMETER_MILES = 2 * 3958.8  # statute miles, mean radius


def great_circle_miles(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> int:
    """Return the whole statute miles between two points given in degrees north and east, at least 1."""
    phi_a, phi_b = radians(latitude_a), radians(latitude_b)
    haversine = sin((phi_b - phi_a) / 2) ** 2 + cos(phi_a) * cos(phi_b) * sin(radians(longitude_b - longitude_a) / 2) ** 2
    return max(1, round(_EARTH_DIAMETER_MILES * asin(min(1.0, sqrt(haversine)))))
