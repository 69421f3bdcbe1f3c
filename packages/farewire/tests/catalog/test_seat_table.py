import pytest

from farewire.catalog.seat_table import aircraft_types, configuration_seats, configuration_write, leg_seats
from farewire.domain.states import CabinCode

ECONOMY, PREMIUM, BUSINESS = CabinCode.ECONOMY, CabinCode.PREMIUM, CabinCode.BUSINESS


@pytest.mark.parametrize(
    ("configuration", "seats"),
    [
        ("Y186", {ECONOMY: 186}),
        ("J16W21Y144", {ECONOMY: 144, PREMIUM: 21, BUSINESS: 16}),
        ("F008J032Y200", {ECONOMY: 200, BUSINESS: 40}),
        ("", None),
        ("V12", None),
        ("Y186LL3PP2", None),
        ("Y0", None),
    ],
)
def test_a_configuration_tells_the_seats_of_each_cabin(configuration: str, seats: dict[CabinCode, int] | None) -> None:
    assert configuration_seats(configuration) == seats


def test_every_type_of_the_table_writes_a_configuration_that_reads_back() -> None:
    for kind in aircraft_types().values():
        assert configuration_seats(configuration_write(kind.seats)) == kind.seats


def test_the_configuration_of_a_leg_goes_before_the_table() -> None:
    assert leg_seats(equipment="738", configuration="Y189") == {ECONOMY: 189}
    assert leg_seats(equipment="738", configuration="") == aircraft_types()["738"].seats
    assert leg_seats(equipment="QQQ", configuration="") is None
