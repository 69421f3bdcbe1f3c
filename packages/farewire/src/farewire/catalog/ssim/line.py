"""One line of a file: its columns, and the problems found in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from farewire.catalog.ssim.problems import Problems

LINE_LENGTH = 200
_ZEROS = "0" * LINE_LENGTH
_T = TypeVar("_T")


class Line:
    """One line with the problems it causes; a field that cannot be read marks the line as unusable."""

    def __init__(self, text: str, number: int, problems: Problems) -> None:
        self.text = text
        self.number = number
        self.good = True
        self._problems = problems

    def wrong(self, column: int, reason: str) -> None:
        """Note a problem at `column`; the record is not to be used."""
        self.good = False
        self._problems.add(self.number, column, reason)

    def raw(self, first: int, last: int) -> str:
        """Columns `first` to `last`, as they stand."""
        return self.text[first - 1 : last]

    def words(self, first: int, last: int) -> str:
        """Columns `first` to `last` without the blanks around."""
        return self.text[first - 1 : last].strip()

    def field(self, first: int, last: int, read: Callable[[str], _T], fallback: _T) -> _T:
        """Columns `first` to `last` as `read` makes them out; where it raises `ValueError`, a problem and `fallback`."""
        try:
            return read(self.text[first - 1 : last])
        except ValueError as error:
            self.wrong(first, str(error))
            return fallback


def line_read(encoded: bytes, number: int, problems: Problems) -> Line | None:
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
    return Line(text, number, problems)
