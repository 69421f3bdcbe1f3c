"""Each record type from its line. Columns are those of the manual's chapter 7, counted from 1."""

from __future__ import annotations

from farewire.catalog.ssim import fields
from farewire.catalog.ssim.line import Line
from farewire.catalog.ssim.records import CarrierSet, Header, LegRecord, SegmentRecord, TimeMode, Trailer

HEADER_TITLE = "AIRLINE STANDARD SCHEDULE DATA SET"
_NUMBER = fields.whole_read("the flight number", 1, 9999)
_ITINERARY = fields.whole_read("the itinerary variation", 0, 99)
_SEQUENCE = fields.whole_read("the leg sequence number", 1, 99)
_STATION = fields.code_read("the station", r"[A-Z]{3}", "three capital letters")
_EQUIPMENT = fields.code_read("the aircraft type", r"[A-Z0-9]{3}", "three capital letters or digits")
_CARRIER = fields.code_read("the airline designator", r"[A-Z0-9]{2,3} ?", "two or three capital letters or digits")
_SUFFIX = fields.code_read("the operational suffix", r"[A-Z ]", "a capital letter or blank")
_FALLBACK_DATE = fields.read_date("01JAN00")


def header_parse(line: Line) -> Header:
    """Record type 1."""
    if line.raw(2, 35) != HEADER_TITLE:
        line.wrong(2, f"the title is '{line.words(2, 35)}', not '{HEADER_TITLE}'")
    return Header(
        title=line.words(2, 35),
        seasons=int(line.words(41, 41) or 1) if line.words(41, 41).isdigit() else 1,
        data_set=line.field(192, 194, fields.whole_read("the data set number", 0, 999), 1) if line.words(192, 194) else 1,
        line=line.number,
    )


def carrier_set_parse(line: Line) -> CarrierSet:
    """Record type 2."""
    valid_from = line.field(15, 21, fields.read_date, _FALLBACK_DATE)
    valid_to = line.field(22, 28, fields.read_end_date, None)
    if valid_to is not None and valid_to < valid_from:
        line.wrong(22, f"the schedule ends on {valid_to}, before it begins on {valid_from}")
    return CarrierSet(
        carrier=line.field(3, 5, _CARRIER, "??"),
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


def leg_parse(line: Line, carrier: CarrierSet | None) -> LegRecord:
    """Record type 3, inside the set of `carrier`."""
    code = line.field(3, 5, _CARRIER, "??")
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
        suffix=line.field(2, 2, _SUFFIX, ""),
        # Column 128 carries the hundreds of a flight with more than 99 variations.
        itinerary=line.field(10, 11, _ITINERARY, 1) + 100 * int(line.words(128, 128).isdigit() and line.words(128, 128)),
        sequence=line.field(12, 13, _SEQUENCE, 1),
        service=line.raw(14, 14),
        period_from=period_from,
        period_to=period_to,
        days=line.field(29, 35, fields.read_days, frozenset({1})),
        every_weeks=line.field(36, 36, fields.whole_read("the frequency rate", 1, 2), 1) if line.words(36, 36) else 1,
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


def segment_parse(line: Line, leg: LegRecord | None) -> SegmentRecord:
    """Record type 4, about the flight of `leg`."""
    segment = SegmentRecord(
        carrier=line.field(3, 5, _CARRIER, "??"),
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


def trailer_parse(line: Line, carrier: CarrierSet | None, serial: int) -> Trailer:
    """Record type 5, numbered `serial`, at the end of the set of `carrier`."""
    code = line.field(3, 5, _CARRIER, "??")
    if carrier is None:
        line.wrong(1, "a trailer record (type 5) stands without a carrier record (type 2) before it")
    elif line.good and code != carrier.carrier:
        line.wrong(3, f"the trailer is of {code} at the end of the set of {carrier.carrier}")
    check = line.field(188, 193, fields.whole_read("the serial number check reference", 0, 999_999), serial - 1)
    if check != serial - 1:
        line.wrong(188, f"the serial number check reference is {check}, not {serial - 1}: records are missing")
    end = line.raw(194, 194)
    if end not in "CE":
        line.wrong(194, f"the end code is '{end}', not E (end of file) or C (another carrier follows)")
    return Trailer(carrier=code, last=end == "E", line=line.number)


def _time_mode(text: str) -> TimeMode:
    try:
        return TimeMode(text)
    except ValueError:
        raise ValueError(f"the time mode is '{text}', not L (local) or U (UTC)") from None
