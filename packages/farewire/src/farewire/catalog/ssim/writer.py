"""Writes a chapter 7 file: records in blocks of five lines, the gaps filled with lines of zeros."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from farewire.catalog.ssim import fields
from farewire.catalog.ssim.line import LINE_LENGTH
from farewire.catalog.ssim.records import CarrierSet, Header, LegRecord

BLOCK = 5
_ZEROS = "0" * LINE_LENGTH


class _Columns:
    """A line of blanks to put fields into, by the columns that the manual gives (from 1)."""

    def __init__(self) -> None:
        self._text = [" "] * LINE_LENGTH

    def put(self, first: int, last: int, text: str, *, right: bool = False) -> _Columns:
        width = last - first + 1
        if len(text) > width:
            raise ValueError(f"'{text}' does not fit into columns {first} to {last}")
        self._text[first - 1 : last] = text.rjust(width) if right else text.ljust(width)
        return self

    def __str__(self) -> str:
        return "".join(self._text)


def write_schedule(header: Header, sets: Sequence[tuple[CarrierSet, Iterable[LegRecord]]]) -> Iterator[str]:
    """Yield the lines (without line ends) of one file that holds each carrier's set in turn."""
    serial = 1
    yield str(
        _Columns()
        .put(1, 1, "1")
        .put(2, 35, header.title)
        .put(41, 41, str(header.seasons))
        .put(192, 194, f"{header.data_set:03d}")
        .put(195, 200, f"{serial:06d}")
    )
    yield from _fill(1)
    for index, (carrier, legs) in enumerate(sets):
        serial += 1
        yield _carrier_line(carrier, serial)
        yield from _fill(1)
        count = 0
        for leg in legs:
            serial += 1
            count += 1
            yield _leg_line(leg, serial)
        yield from _fill(count)
        serial += 1
        yield _trailer_line(carrier.carrier, serial, last=index == len(sets) - 1)
        yield from _fill(1)


def _fill(written: int) -> Iterator[str]:
    for _ in range(-written % BLOCK):
        yield _ZEROS


def _carrier_line(carrier: CarrierSet, serial: int) -> str:
    return str(
        _Columns()
        .put(1, 1, "2")
        .put(2, 2, carrier.time_mode.value)
        .put(3, 5, carrier.carrier)
        .put(11, 13, carrier.season)
        .put(15, 21, fields.write_date(carrier.valid_from))
        .put(22, 28, fields.write_date(carrier.valid_to))
        .put(29, 35, fields.write_date(carrier.created) if carrier.created else "")
        .put(36, 64, carrier.title)
        .put(72, 72, carrier.status)
        .put(73, 107, carrier.creator)
        .put(109, 169, carrier.information)
        .put(195, 200, f"{serial:06d}")
    )


def _leg_line(leg: LegRecord, serial: int) -> str:
    hundreds, itinerary = divmod(leg.itinerary, 100)
    return str(
        _Columns()
        .put(1, 1, "3")
        .put(2, 2, leg.suffix)
        .put(3, 5, leg.carrier)
        .put(6, 9, str(leg.number), right=True)
        .put(10, 11, f"{itinerary:02d}")
        .put(12, 13, f"{leg.sequence:02d}")
        .put(14, 14, leg.service)
        .put(15, 21, fields.write_date(leg.period_from))
        .put(22, 28, fields.write_date(leg.period_to))
        .put(29, 35, fields.write_days(leg.days))
        .put(36, 36, str(leg.every_weeks) if leg.every_weeks > 1 else "")
        .put(37, 39, leg.origin)
        .put(40, 43, fields.write_clock(leg.departure))
        .put(44, 47, fields.write_clock(leg.departure))
        .put(48, 52, fields.write_variation(leg.departure_variation))
        .put(53, 54, leg.departure_terminal)
        .put(55, 57, leg.destination)
        .put(58, 61, fields.write_clock(leg.arrival))
        .put(62, 65, fields.write_clock(leg.arrival))
        .put(66, 70, fields.write_variation(leg.arrival_variation))
        .put(71, 72, leg.arrival_terminal)
        .put(73, 75, leg.equipment)
        .put(128, 128, str(hundreds) if hundreds else "")
        .put(149, 149, leg.disclosure)
        .put(173, 192, leg.configuration)
        .put(193, 193, fields.write_day_shift(leg.departure_day))
        .put(194, 194, fields.write_day_shift(leg.arrival_day))
        .put(195, 200, f"{serial:06d}")
    )


def _trailer_line(carrier: str, serial: int, *, last: bool) -> str:
    return str(
        _Columns()
        .put(1, 1, "5")
        .put(3, 5, carrier)
        .put(188, 193, f"{serial - 1:06d}")
        .put(194, 194, "E" if last else "C")
        .put(195, 200, f"{serial:06d}")
    )
