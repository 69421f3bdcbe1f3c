import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from farewire.catalog.airports import AirportZones
from farewire.catalog.ssim import LegRecord, Problem, Problems, ScheduleRefused, leg_check, read_schedule
from farewire_dev.testing.schedule_file import leg_record, schedule_lines

# The fixture's file: line 1 header, 6 carrier, 11 and 12 legs, 13 to 15 zeros, 16 trailer.
HEADER, CARRIER, LEG, TRAILER = 1, 6, 11, 16


@pytest.fixture
def lines() -> list[str]:
    return schedule_lines([leg_record(), leg_record(number=101, origin="LAX", destination="JFK")])


def problems_of(lines: list[str]) -> list[Problem]:
    problems = Problems()
    list(read_schedule((line.encode("latin-1") + b"\n" for line in lines), problems))
    with pytest.raises(ScheduleRefused) as refused:
        problems.refuse()
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("line", "column", "text", "reason"),
    [
        (HEADER, 2, "AIRLINE SCHEDULE", "the title is"),
        (HEADER, 195, "000009", "the record serial number is 9, not 1"),
        (CARRIER, 2, "X", "the time mode is 'X', not L (local) or U (UTC)"),
        (CARRIER, 22, "01NOV26", "the schedule ends on 2026-11-01, before it begins on 2026-11-02"),
        (LEG, 1, "7", "'7' is no record type"),
        (LEG, 2, "a", "the operational suffix is 'a', not a capital letter or blank"),
        (LEG, 3, "ZZ", "the leg is of ZZ inside the set of FW"),
        (LEG, 6, "12A4", "the flight number is '12A4', not a number from 1 to 9999"),
        (LEG, 15, "30FEB26", "'30FEB26' is not a day of the calendar"),
        (LEG, 15, "1DEC026", "'1DEC026' is not a date like 01DEC26"),
        (LEG, 22, "01NOV26", "the period ends on 2026-11-01, before it begins on 2026-11-02"),
        (LEG, 29, "1243567", "'4' is not 3 or blank"),
        (LEG, 29, "       ", "no day of operation is given"),
        (LEG, 36, "9", "the frequency rate is '9', not a number from 1 to 2"),
        (LEG, 37, "J1K", "the station is 'J1K', not three capital letters"),
        (LEG, 40, "2561", "'2561' is not a time of day like 0915"),
        (LEG, 48, "-0560", "'-0560' is not a UTC variation like -0500"),
        (LEG, 55, "JFK", "the leg goes from JFK to itself"),
        (LEG, 73, "7 8", "the aircraft type is '7 8', not three capital letters or digits"),
        (LEG, 193, "0J", "the leg lasts -1065 minutes"),
        (LEG, 193, "X", "'X' is not a date variation"),
        (LEG, 195, "000004", "the record serial number is 4, not 3"),
        (TRAILER, 3, "ZZ", "the trailer is of ZZ at the end of the set of FW"),
        (TRAILER, 188, "000003", "the serial number check reference is 3, not 4: records are missing"),
        (TRAILER, 194, "X", "the end code is 'X', not E (end of file) or C (another carrier follows)"),
    ],
)
def test_a_fault_is_named_by_line_column_and_reason(lines: list[str], line: int, column: int, text: str, reason: str) -> None:
    before = lines[line - 1]
    lines[line - 1] = before[: column - 1] + text + before[column - 1 + len(text) :]
    # A wrong field of the leg at 193 is told at the field itself.
    first = problems_of(lines)[0]
    assert (first.line, first.column) == (line, column)
    assert reason in first.reason


def test_every_fault_of_a_file_is_told_at_once(lines: list[str]) -> None:
    lines[10] = lines[10][:36] + "J1K" + "9999" + lines[10][43:]
    lines[11] = lines[11][:72] + "   " + lines[11][75:]
    assert [(p.line, p.column) for p in problems_of(lines)] == [(11, 37), (11, 40), (12, 73)]


def test_a_line_cut_short_is_one_problem_and_not_a_wrong_number_of_the_next(lines: list[str]) -> None:
    lines[10] = lines[10].rstrip()[:150]
    assert [str(p) for p in problems_of(lines)] == ["line 11, column 151: the line has 150 columns, not 200"]


def test_a_byte_outside_ascii_is_named(lines: list[str]) -> None:
    lines[5] = lines[5][:40] + "é" + lines[5][41:]
    assert str(problems_of(lines)[0]) == "line 6, column 41: byte 0xe9 is not ASCII"


def test_a_file_that_was_cut_off_is_refused(lines: list[str]) -> None:
    assert "may be cut off" in problems_of(lines[:12])[0].reason


def test_an_empty_file_is_refused() -> None:
    assert problems_of([])[0].line == 1


def test_a_record_after_the_end_is_refused(lines: list[str]) -> None:
    assert problems_of([*lines, lines[10]])[0].reason == "a record stands after the trailer that ended the file"


def test_a_leg_outside_a_carriers_set_is_refused(lines: list[str]) -> None:
    del lines[5]
    assert any("outside a carrier's set" in p.reason for p in problems_of(lines))


def test_problems_stop_at_a_cap() -> None:
    """A file of another kind does not fill the screen, nor memory."""
    problems = Problems(most=5)
    with pytest.raises(ScheduleRefused) as refused:
        list(read_schedule((b"not a schedule\n" for _ in range(10_000)), problems))
    assert len(refused.value.problems) == 5
    assert refused.value.data["more"] is True


def test_segment_data_are_read_over(lines: list[str]) -> None:
    """Type 4 records pass, with their serial numbers counted."""
    segment = "4 FW  1000101J" + " " * 14 + "AB050JFKLAXFW 100"
    lines[11] = segment.ljust(194) + "000004"
    problems = Problems()
    records = list(read_schedule((f"{line}\n".encode() for line in lines), problems))
    problems.refuse()
    assert [type(record).__name__ for record in records] == ["Header", "CarrierSet", "LegRecord", "SegmentRecord", "Trailer"]


def check(leg: LegRecord) -> list[str]:
    problems = Problems()
    leg_check(leg, zones=AirportZones(), problems=problems)
    return [] if not problems else [str(p) for p in _refused(problems).problems]


def _refused(problems: Problems) -> ScheduleRefused:
    with pytest.raises(ScheduleRefused) as refused:
        problems.refuse()
    return refused.value


def test_an_airport_that_is_not_known_is_named() -> None:
    assert check(leg_record(destination="QQQ", departure_variation=-300, line=11)) == ["line 11, column 55: airport QQQ is not known"]


def test_a_variation_that_the_zone_never_has_is_refused() -> None:
    """A wrong station or sign would put the flight hours away from where it is."""
    assert check(leg_record(departure_variation=300, line=11)) == [
        "line 11, column 48: JFK (America/New_York) is never at +0500 in 2026, but at -0500 or -0400"
    ]


def test_a_variation_of_the_other_season_passes() -> None:
    assert check(leg_record(departure_variation=-240, period_to=dt.date(2027, 6, 1))) == []


def test_every_airport_of_the_library_has_a_zone_that_exists_or_none() -> None:
    zones = AirportZones()
    assert zones["KTM"] == ZoneInfo("Asia/Kathmandu")
    assert zones["QQQ"] is None
