"""Reads a chapter 7 file line by line, checking each field and the order, serial numbers and ends of the records.

Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from farewire.catalog.ssim import fields
from farewire.catalog.ssim.line import Line, line_read
from farewire.catalog.ssim.parsing import carrier_set_parse, header_parse, leg_parse, segment_parse, trailer_parse
from farewire.catalog.ssim.problems import Problems
from farewire.catalog.ssim.records import CarrierSet, LegRecord, Record

_MOST_RECORDS = 999_999
_SERIAL = fields.whole_read("the record serial number", 1, _MOST_RECORDS)


def read_schedule(lines: Iterable[bytes], problems: Problems) -> Iterator[Record]:
    """Yield the good records of `lines` (with or without line ends) in order.

    Faults go to `problems` and reading goes on, so that one pass reports them all: whoever consumes the records must
    call `problems.refuse()` after the last one and before keeping anything.
    """
    order = _Order()
    number = 0
    for number, encoded in enumerate(lines, start=1):
        found = len(problems)
        line = line_read(encoded, number, problems)
        if line is None:
            order.lost(records=len(problems) - found)
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

    def number(self, line: Line) -> None:
        """Hold the record's serial number against the one before it; after 999999 they start again."""
        due = self._serial % _MOST_RECORDS + 1
        self._serial = line.field(195, 200, _SERIAL, due)
        if self._serial != due:
            line.wrong(195, f"the record serial number is {self._serial}, not {due}")

    def lost(self, *, records: int) -> None:
        """Count records that were no lines to read, so that the next one's number is not called wrong for it."""
        self._serial += records

    def read(self, line: Line) -> Record | None:
        """The record of the line, which may have problems that make it unusable; None for no record at all."""
        kind = line.text[0]
        if kind != "1" and not self._begun:
            line.wrong(1, "the file does not begin with a header record (type 1)")
        begun, self._begun = self._begun, True
        if kind == "1":
            if begun:
                line.wrong(1, "a header record (type 1) stands inside the file")
            return header_parse(line)
        if kind == "2":
            if self._carrier is not None:
                line.wrong(1, f"the set of {self._carrier.carrier} has no trailer record (type 5) before the next carrier")
            self._carrier = carrier_set_parse(line)
            return self._carrier
        if kind == "3":
            self._leg = leg_parse(line, self._carrier)
            return self._leg
        if kind == "4":
            return segment_parse(line, self._leg)
        if kind == "5":
            trailer = trailer_parse(line, self._carrier, self._serial)
            self._carrier, self._leg, self.ended = None, None, trailer.last
            return trailer
        line.wrong(1, f"'{kind}' is no record type (1 to 5)")
        return None
