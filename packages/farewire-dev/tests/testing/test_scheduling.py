"""Tests of one whole system share a process; all others go wherever there is room."""

from __future__ import annotations

import pytest

from farewire_dev.testing.scheduling import scope_of


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/integration/test_front_door.py::test_metrics[processes-/metrics]", "processes"),
        ("tests/integration/test_front_door.py::test_metrics[/metrics-containers]", "containers"),
        ("tests/integration/test_feed_survives.py::test_a_killed_worker[containers]", "containers"),
        ("tests/integration/test_embedded_stack.py::test_start", "tests/integration/test_embedded_stack.py"),
        ("tests/e2e/test_hold.py::test_hold[dark]", "browser"),
        ("packages/x/tests/test_y.py::test_z[containers]", "packages/x/tests/test_y.py::test_z[containers]"),
    ],
)
def test_what_starts_a_system_stays_together(nodeid: str, scope: str) -> None:
    assert scope_of(nodeid) == scope
