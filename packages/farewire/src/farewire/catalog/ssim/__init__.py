"""IATA SSIM chapter 7, the format in which airlines exchange their schedules: reading, writing, expanding to dates."""

from farewire.catalog.ssim.expansion import FlownLeg, Tiling, Window, leg_check, leg_expand
from farewire.catalog.ssim.problems import Problem, Problems, ScheduleRefused
from farewire.catalog.ssim.reader import read_schedule
from farewire.catalog.ssim.records import CarrierSet, Header, LegRecord, Record, SegmentRecord, TimeMode, Trailer
from farewire.catalog.ssim.writer import write_schedule

__all__ = [
    "CarrierSet",
    "FlownLeg",
    "Header",
    "LegRecord",
    "Problem",
    "Problems",
    "Record",
    "ScheduleRefused",
    "SegmentRecord",
    "Tiling",
    "TimeMode",
    "Trailer",
    "Window",
    "leg_check",
    "leg_expand",
    "read_schedule",
    "write_schedule",
]
