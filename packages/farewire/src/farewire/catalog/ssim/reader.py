"""Reads a chapter 7 file line by line, checking each field and the order, serial numbers and ends of the records.

Columns are those of the IATA Standard Schedules Information Manual, chapter 7, counted from 1. Memory does not grow
with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from farewire.catalog.ssim import fields
from farewire.catalog.ssim.problems import Problems
from farewire.catalog.ssim.records import CarrierSet, Header, LegRecord, Record, SegmentRecord, TimeMode, Trailer

LINE_LENGTH = 200
_MOST_RECORDS = 999_999
_DESIGNATOR = re.compile(r"[A-Z0-9]{2,3}")
HEADER_TITLE = "AIRLINE STANDARD SCHEDULE DATA SET"
_ZEROS = "0" * LINE_LENGTH
_T = TypeVar("_T")


class _Line:
    """One line with the problems it causes; a field that cannot be read marks the line as unusable."""

    def __init__(self, text: str, number: int, problems: Problems) -> None:
        self.text = text
        self.number = number
        self.good = True
        self._problems = problems

    def wrong(self, column: int, reason: str) -> None:
        self.good = False
        self._problems.add(self.number, column, reason)

    def raw(self, first: int, last: int) -> str:
        return self.text[first - 1 : last]

    def words(self, first: int, last: int) -> str:
        return self.text[first - 1 : last].strip()

    def field(self, first: int, last: int, read: Callable[[str], _T], fallback: _T) -> _T:
        try:
            return read(self.text[first - 1 : last])
        except ValueError as error:
            self.wrong(first, str(error))
            return fallback


def _whole(what: str, least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.strip().isdigit() or not least <= int(text) <= most:
            raise ValueError(f"{what} is '{text}', not a number from {least} to {most}")
        return int(text)

    return read


def _code(what: str, length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) != length or not text.isalnum() or text != text.upper():
            raise ValueError(f"{what} is '{text}', not {length} capital letters or digits")
        return text

    return read


def _carrier(text: str) -> str:
    code = text.rstrip()
    if not _DESIGNATOR.fullmatch(code):
        raise ValueError(f"the airline designator is '{text}', not two or three capital letters or digits")
    return code


def _time_mode(text: str) -> TimeMode:
    try:
        return TimeMode(text)
    except ValueError:
        raise ValueError(f"the time mode is '{text}', not L (local) or U (UTC)") from None


def _suffix(text: str) -> str:
    if text != " " and not "A" <= text <= "Z":
        raise ValueError(f"the operational suffix is '{text}', not a capital letter or blank")
    return text.strip()


_NUMBER = _whole("the flight number", 1, 9999)
_ITINERARY = _whole("the itinerary variation", 0, 99)
_SEQUENCE = _whole("the leg sequence number", 1, 99)
_SERIAL = _whole("the record serial number", 1, _MOST_RECORDS)
_STATION = _code("the station", 3)
_EQUIPMENT = _code("the aircraft type", 3)
_FALLBACK_DATE = fields.read_date("01JAN00")


def read_schedule(lines: Iterable[bytes], problems: Problems) -> Iterator[Record]:
    """Yield the good records of `lines` (with or without line ends) in order.

    Faults go to `problems` and reading goes on, so that one pass reports them all: whoever consumes the records must
    call `problems.refuse()` after the last one and before keeping anything.
    """
    order = _Order()
    number = 0
    for number, encoded in enumerate(lines, start=1):
        line = _line(encoded, number, problems)
        if line is None:
            continue
        if order.ended:
            line.wrong(1, "a record stands after the trailer that ended the file")
            return
        order.number(line)
        record = order.read(line)
        if record is not None and line.good:
            yield record
    if not order.ended:
        problems.add(number + 1, 0, "the file ends without a trailer record (type 5) with end code E: it may be cut off")


class _Order:
    """What a record may follow: the state of a reading between two lines."""

    def __init__(self) -> None:
        self.ended = False
        self._begun = False
        self._serial = 0
        self._carrier: CarrierSet | None = None
        self._leg: LegRecord | None = None

    def number(self, line: _Line) -> None:
        """Hold the record's serial number against the one before it; after 999999 they start again."""
        due = self._serial % _MOST_RECORDS + 1
        self._serial = line.field(195, 200, _SERIAL, due)
        if self._serial != due:
            line.wrong(195, f"the record serial number is {self._serial}, not {due}")

    def read(self, line: _Line) -> Record | None:
        kind = line.text[0]
        if kind != "1" and not self._begun:
            line.wrong(1, "the file does not begin with a header record (type 1)")
        begun, self._begun = self._begun, True
        if kind == "1":
            if begun:
                line.wrong(1, "a header record (type 1) stands inside the file")
            return _header(line)
        if kind == "2":
            if self._carrier is not None:
                line.wrong(1, f"the set of {self._carrier.carrier} has no trailer record (type 5) before the next carrier")
            self._carrier = _carrier_set(line)
            return self._carrier
        if kind == "3":
            self._leg = _leg(line, self._carrier)
            return self._leg
        if kind == "4":
            return _segment(line, self._leg)
        if kind == "5":
            trailer = _trailer(line, self._carrier, self._serial)
            self._carrier, self._leg, self.ended = None, None, trailer.last
            return trailer
        line.wrong(1, f"'{kind}' is no record type (1 to 5)")
        return None


def _line(encoded: bytes, number: int, problems: Problems) -> _Line | None:
    """The line as text, or None for one to pass over: zero filler, an empty line, or one that is no record."""
    stripped = encoded.rstrip(b"\r\n\x1a")
    try:
        text = stripped.decode("ascii")
    except UnicodeDecodeError as error:
        problems.add(number, error.start + 1, f"byte 0x{stripped[error.start]:02x} is not ASCII")
        return None
    if not text or text == _ZEROS:
        return None
    if len(text) != LINE_LENGTH:
        problems.add(number, min(len(text), LINE_LENGTH) + 1, f"the line has {len(text)} columns, not {LINE_LENGTH}")
        return None
    return _Line(text, number, problems)


def _header(line: _Line) -> Header:
    if line.raw(2, 35) != HEADER_TITLE:
        line.wrong(2, f"the title is '{line.words(2, 35)}', not '{HEADER_TITLE}'")
    return Header(
        title=line.words(2, 35),
        seasons=int(line.words(41, 41) or 1) if line.words(41, 41).isdigit() else 1,
        data_set=line.field(192, 194, _whole("the data set number", 0, 999), 1) if line.words(192, 194) else 1,
        line=line.number,
    )


def _carrier_set(line: _Line) -> CarrierSet:
    valid_from = line.field(15, 21, fields.read_date, _FALLBACK_DATE)
    valid_to = line.field(22, 28, fields.read_end_date, None)
    if valid_to is not None and valid_to < valid_from:
        line.wrong(22, f"the schedule ends on {valid_to}, before it begins on {valid_from}")
    return CarrierSet(
        carrier=line.field(3, 5, _carrier, "??"),
        time_mode=line.field(2, 2, _time_mode, TimeMode.LOCAL),
        valid_from=valid_from,
        valid_to=valid_to,
        season=line.words(11, 13),
        created=line.field(29, 35, fields.read_end_date, None) if line.words(29, 35) else None,
        title=line.words(36, 64),
        status=line.words(72, 72),
        creator=line.words(73, 107),
        information=line.words(109, 169),
        line=line.number,
    )


def _leg(line: _Line, carrier: CarrierSet | None) -> LegRecord:
    code = line.field(3, 5, _carrier, "??")
    if carrier is None:
        line.wrong(1, "a leg record (type 3) stands outside a carrier's set (between types 2 and 5)")
    elif line.good and code != carrier.carrier:
        line.wrong(3, f"the leg is of {code} inside the set of {carrier.carrier}")
    period_from = line.field(15, 21, fields.read_date, _FALLBACK_DATE)
    period_to = line.field(22, 28, fields.read_end_date, None)
    if period_to is not None and period_to < period_from:
        line.wrong(22, f"the period ends on {period_to}, before it begins on {period_from}")
    leg = LegRecord(
        carrier=code,
        number=line.field(6, 9, _NUMBER, 1),
        suffix=line.field(2, 2, _suffix, ""),
        # The overflow at 128 carries hundreds; both are blank-tolerant in practice.
        itinerary=line.field(10, 11, _ITINERARY, 1) + 100 * int(line.words(128, 128).isdigit() and line.words(128, 128)),
        sequence=line.field(12, 13, _SEQUENCE, 1),
        service=line.raw(14, 14),
        period_from=period_from,
        period_to=period_to,
        days=line.field(29, 35, fields.read_days, frozenset({1})),
        every_weeks=line.field(36, 36, _whole("the frequency rate", 1, 2), 1) if line.words(36, 36) else 1,
        origin=line.field(37, 39, _STATION, "???"),
        departure=line.field(40, 43, fields.read_clock, 0),
        departure_variation=line.field(48, 52, fields.read_variation, 0),
        departure_terminal=line.words(53, 54),
        destination=line.field(55, 57, _STATION, "???"),
        arrival=line.field(62, 65, fields.read_clock, 0),
        arrival_variation=line.field(66, 70, fields.read_variation, 0),
        arrival_terminal=line.words(71, 72),
        equipment=line.field(73, 75, _EQUIPMENT, "???"),
        configuration=line.words(173, 192),
        disclosure=line.words(149, 149),
        departure_day=line.field(193, 193, fields.read_day_shift, None) or 0,
        arrival_day=line.field(194, 194, fields.read_day_shift, None),
        time_mode=carrier.time_mode if carrier else TimeMode.LOCAL,
        line=line.number,
    )
    if line.good and leg.origin == leg.destination:
        line.wrong(55, f"the leg goes from {leg.origin} to itself")
    if line.good and not 0 < leg.block_minutes <= fields.MINUTES_A_DAY:
        line.wrong(193, f"with these times, UTC variations and date variation the leg lasts {leg.block_minutes} minutes")
    return leg


def _segment(line: _Line, leg: LegRecord | None) -> SegmentRecord:
    segment = SegmentRecord(
        carrier=line.field(3, 5, _carrier, "??"),
        number=line.field(6, 9, _NUMBER, 1),
        data_element=line.words(31, 33),
        board=line.words(34, 36),
        off=line.words(37, 39),
        data=line.words(40, 194),
        line=line.number,
    )
    if leg is not None and line.good and (segment.carrier, segment.number) != (leg.carrier, leg.number):
        line.wrong(3, f"segment data of {segment.carrier}{segment.number} follow a leg of {leg.designator}")
    return segment


def _trailer(line: _Line, carrier: CarrierSet | None, serial: int) -> Trailer:
    code = line.field(3, 5, _carrier, "??")
    if carrier is None:
        line.wrong(1, "a trailer record (type 5) stands without a carrier record (type 2) before it")
    elif line.good and code != carrier.carrier:
        line.wrong(3, f"the trailer is of {code} at the end of the set of {carrier.carrier}")
    check = line.field(188, 193, _whole("the serial number check reference", 0, 999_999), serial - 1)
    if check != serial - 1:
        line.wrong(188, f"the serial number check reference is {check}, not {serial - 1}: records are missing")
    end = line.raw(194, 194)
    if end not in "CE":
        line.wrong(194, f"the end code is '{end}', not E (end of file) or C (another carrier follows)")
    return Trailer(carrier=code, last=end == "E", line=line.number)
