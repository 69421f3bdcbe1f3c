"""`load_schedule FILE`: load an IATA SSIM chapter 7 file."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from farewire.catalog.ssim import ScheduleRefused, Window
from farewire.domain.clock import SystemClock
from farewire.domain.errors import InvalidInput
from farewire.inventory.schedule_load import LoadReport, schedule_load

_MOST_DAYS = 400


class Command(BaseCommand):
    """Parses, calls the service, prints."""

    help = "Load a schedule in IATA SSIM chapter 7 format; loading the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the SSIM file")
        parser.add_argument("--days", type=_days, default=30, help="how many days of departures to load (default 30)")
        parser.add_argument(
            "--starts", type=dt.date.fromisoformat, help="the first local date of departure (default today, UTC)", metavar="YYYY-MM-DD"
        )
        parser.add_argument("--redate", action="store_true", help="repeat the file's weeks over these dates, whatever its own are")

    def handle(self, *, file: Path, days: int, starts: dt.date | None, redate: bool, **_options: Any) -> None:
        clock = SystemClock()
        window = Window(starts or clock.now().date(), days)
        try:
            report = schedule_load(path=file, window=window, redate=redate, clock=clock, progress=self._progress)
        except ScheduleRefused as refused:
            more = ["… and more: only the first are listed"] if refused.more else []
            lines = [f"{file}: {problem}" for problem in refused.problems]
            raise CommandError("\n".join([*lines, *more, "Nothing was loaded."])) from refused
        except InvalidInput as refused:
            raise CommandError(f"{refused.message} Nothing was loaded.") from refused
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. Nothing was loaded.") from error
        self._report(report, file, window)

    def _progress(self, step: str, done: int, total: int) -> None:
        share = f"{100 * done // max(total, 1):3d} %"
        if self.stderr.isatty():
            self.stderr.write(f"\r{step} {share}   ", ending="\n" if done >= total else "", style_func=str)
            self.stderr.flush()
        else:
            self.stderr.write(f"load_schedule: {step} {share}", style_func=str)

    def _report(self, report: LoadReport, file: Path, window: Window) -> None:
        dates = f"{window.starts} to {window.last}"
        if report.already_loaded:
            self.stdout.write(f"{file.name}, {dates}: loaded already, nothing changed")
            return
        self.stdout.write(
            f"{file.name}, {dates}: {report.staged} dated legs; {report.opened} opened, {report.changed} changed, "
            f"{report.cancelled} cancelled, {report.reinstated} taken up again"
        )
        if report.not_sold:
            self.stdout.write(f"{report.not_sold} leg records carry no passengers of their own and were passed over")
        if report.zone_differs:
            self.stdout.write(
                f"{report.zone_differs} dated legs state a UTC variation that is not their zone's that day; the zone was followed"
            )
        if report.untouched:
            self.stdout.write(f"{len(report.untouched)} dated legs differ in the file and were left as they are:")
            for untouched in report.untouched:
                self.stdout.write(f"  {untouched}")


def _days(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"give a number of days from 1 to {_MOST_DAYS}")
    return int(text)
