"""What a run says at its end about tests that could not run here."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly that the browser tests did not run: a green line must not hide it."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if report.nodeid.startswith("tests/e2e/")]
    if skipped:
        reason = skipped[0].longrepr[2].removeprefix("Skipped: ")
        terminalreporter.write_line(f"farewire: {len(skipped)} BROWSER TESTS DID NOT RUN: {reason}", red=True, bold=True)
