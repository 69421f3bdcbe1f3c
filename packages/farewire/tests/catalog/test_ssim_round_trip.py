import datetime as dt
import tracemalloc
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from farewire.catalog.ssim import (
    CarrierSet,
    Header,
    LegRecord,
    Problems,
    Tiling,
    TimeMode,
    Window,
    leg_expand,
    read_schedule,
    write_schedule,
)

ZONES = {
    code: ZoneInfo(name)
    for code, name in {
        "JFK": "America/New_York",
        "LHR": "Europe/London",
        "DEL": "Asia/Kolkata",
        "KTM": "Asia/Kathmandu",
        "APW": "Pacific/Apia",
        "ADL": "Australia/Adelaide",
    }.items()
}
DATES = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


@st.composite
def legs(draw: st.DrawFn) -> LegRecord:
    origin, destination = draw(st.lists(st.sampled_from(sorted(ZONES)), min_size=2, max_size=2, unique=True))
    first = draw(DATES)
    variation = st.integers(-48, 56).map(lambda quarters: quarters * 15)
    leg = LegRecord(
        carrier="FW",
        number=draw(st.integers(1, 9999)),
        suffix=draw(st.sampled_from(["", "A", "Z"])),
        itinerary=draw(st.integers(0, 999)),
        sequence=draw(st.integers(1, 99)),
        service=draw(st.sampled_from("JGFH")),
        period_from=first,
        period_to=draw(st.none() | st.integers(0, 400).map(lambda days: first + dt.timedelta(days=days))),
        days=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        every_weeks=draw(st.sampled_from([1, 2])),
        origin=origin,
        departure=draw(st.integers(0, 1439)),
        departure_variation=draw(variation),
        departure_terminal=draw(st.sampled_from(["", "1", "2E"])),
        destination=destination,
        arrival=draw(st.integers(0, 1440)),
        arrival_variation=draw(variation),
        arrival_terminal=draw(st.sampled_from(["", "5"])),
        equipment=draw(st.sampled_from(["738", "32N", "77W"])),
        configuration=draw(st.sampled_from(["", "Y186", "J16W21Y144"])),
        disclosure=draw(st.sampled_from(["", "L", "X"])),
        departure_day=draw(st.integers(-1, 7)),
    )
    shift = draw(st.none() | st.integers(-1, 7))
    # A leg that lands before it leaves is for the reader to refuse, and so not for this test.
    shifted = replace(leg, arrival_day=shift)
    return shifted if 0 < shifted.block_minutes <= 1440 else leg


def read_back(lines: list[str]) -> list[LegRecord]:
    problems = Problems()
    records = [replace(r, line=0) for r in read_schedule((f"{line}\r\n".encode() for line in lines), problems) if isinstance(r, LegRecord)]
    problems.refuse()
    return records


@given(st.lists(legs(), max_size=8), st.sampled_from(TimeMode))
def test_what_is_written_is_read_back_as_the_same_dated_legs(written: list[LegRecord], mode: TimeMode) -> None:
    """Records and the dates and moments that they stand for survive the file."""
    carrier = CarrierSet(carrier="FW", time_mode=mode, valid_from=dt.date(2026, 1, 1), valid_to=None)
    written = [replace(leg, time_mode=mode) for leg in written]
    written = [leg for leg in written if 0 < leg.block_minutes <= 1440]
    read = read_back(list(write_schedule(Header(), [(carrier, written)])))
    assert read == written
    window = Window(dt.date(2026, 3, 1), 60)
    assert [list(leg_expand(leg, window=window, zones=ZONES)) for leg in read] == [
        list(leg_expand(leg, window=window, zones=ZONES)) for leg in written
    ]


@settings(max_examples=40)
@given(legs(), DATES, st.integers(1, 40), st.integers(1, 40))
def test_windows_side_by_side_give_the_legs_of_the_window_around_them(leg: LegRecord, starts: dt.date, first: int, second: int) -> None:
    """No dated leg is lost or doubled where one load's window ends and the next one's begins, re-dated or not."""
    tiling = Tiling.of(CarrierSet(carrier="FW", time_mode=TimeMode.LOCAL, valid_from=dt.date(2026, 1, 5), valid_to=dt.date(2026, 1, 18)))
    for repeated in (None, tiling):
        parts = [
            flown
            for window in (Window(starts, first), Window(starts + dt.timedelta(days=first), second))
            for flown in leg_expand(leg, window=window, zones=ZONES, tiling=repeated)
        ]
        assert parts == list(leg_expand(leg, window=Window(starts, first + second), zones=ZONES, tiling=repeated))
        assert all(flown.arrives_at > flown.departs_at for flown in parts)


def test_lines_come_in_blocks_of_five_and_are_200_columns_wide() -> None:
    carrier = CarrierSet(carrier="FW", time_mode=TimeMode.LOCAL, valid_from=dt.date(2026, 1, 1), valid_to=None)
    lines = list(write_schedule(Header(), [(carrier, []), (replace(carrier, carrier="V5"), [])]))
    assert {len(line) for line in lines} == {200}
    assert len(lines) == 25
    assert [line[0] for line in lines[::5]] == ["1", "2", "5", "2", "5"]
    assert [line[193] for line in lines[10::10]] == ["C", "E"]


def test_reading_needs_no_more_memory_for_a_longer_file() -> None:
    """5,000 records are 1 MB of text; reading them must not keep them."""
    leg = LegRecord(
        carrier="FW",
        number=1,
        period_from=dt.date(2026, 1, 1),
        period_to=None,
        days=frozenset({1}),
        origin="JFK",
        departure=540,
        departure_variation=-300,
        destination="LHR",
        arrival=1290,
        arrival_variation=0,
        equipment="789",
    )
    carrier = CarrierSet(carrier="FW", time_mode=TimeMode.LOCAL, valid_from=dt.date(2026, 1, 1), valid_to=None)
    lines = write_schedule(Header(), [(carrier, (leg for _ in range(5_000)))])
    problems = Problems()
    tracemalloc.start()
    try:
        records = sum(1 for _ in read_schedule((line.encode() for line in lines), problems))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert records == 5_003
    assert not problems
    assert peak < 250_000
