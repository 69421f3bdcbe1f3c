"""What is wrong with a schedule file: every fault with its line, its column and a reason."""

from __future__ import annotations

from dataclasses import dataclass

from farewire.domain.errors import InvalidInput

MOST_PROBLEMS = 50
_TOLD = 3


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. `line` and `column` count from 1; column 0 means the whole line."""

    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.column == 0 else f"line {self.line}, column {self.column}"
        return f"{where}: {self.reason}"


class ScheduleRefused(InvalidInput):
    """The file breaks the format or contradicts itself; nothing of it was loaded. `problems` says where."""

    code = "schedule_refused"

    def __init__(self, problems: list[Problem], *, more: bool) -> None:
        self.problems = tuple(problems)
        self.more = more
        count = f"the first {len(problems)} problems" if more else f"{len(problems)} problem(s)"
        first = "; ".join(str(problem) for problem in problems[:_TOLD])
        super().__init__(
            f"The schedule was refused and nothing was loaded, {count}: {first}" + (" …" if len(problems) > _TOLD else ""),
            data={
                "problems": [{"line": p.line, "column": p.column, "reason": p.reason} for p in problems],
                "more": more,
            },
        )


class Problems:
    """Collects faults so that one reading of a file reports them together, up to a cap.

    Past the cap reading on tells nobody anything: `add` raises `ScheduleRefused` itself then.
    """

    def __init__(self, most: int = MOST_PROBLEMS) -> None:
        self._most = most
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, line: int, column: int, reason: str) -> None:
        """Note one fault; the one that fills the cap raises `ScheduleRefused`."""
        self._found.append(Problem(line, column, reason))
        if len(self._found) >= self._most:
            raise ScheduleRefused(sorted(self._found), more=True)

    def refuse(self) -> None:
        """Raise `ScheduleRefused` if any fault was found."""
        if self._found:
            raise ScheduleRefused(sorted(self._found), more=False)
