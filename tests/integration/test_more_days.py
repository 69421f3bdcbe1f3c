"""The schedule of a site that runs is extended by the step that loaded it."""

from __future__ import annotations

import datetime as dt

import pytest

from farewire_dev.servers.waiting import wait_until

from .compose_stack import ComposeStack
from .truth import ledger_mismatches

pytestmark = [pytest.mark.containers, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

_UNPRICED = """
SELECT count(*) AS legs FROM catalog_datedleg leg LEFT JOIN pricing_flightstate state ON state.leg_id = leg.id
 WHERE state.leg_id IS NULL AND leg.departs_at > now() + interval '2 hours'
"""
_REACH = "SELECT max(local_date)::text AS last, count(*) AS legs FROM catalog_datedleg"


def extended(stack: ComposeStack, *, days: int) -> str:
    """Load the shipped schedule for so many days, as cron does; what the step reported."""
    command = ("manage", "load_schedule", "/usr/share/farewire/schedule.ssim", "--days", str(days), "--redate")
    return stack.compose("run", "--rm", "--no-deps", "-T", "load", *command)


def test_more_days_are_loaded_and_priced_while_the_site_serves(stack: ComposeStack) -> None:
    (before,) = stack.rows(_REACH)
    beyond = (dt.date.fromisoformat(before["last"]) - dt.datetime.now(dt.UTC).date()).days + 2
    extended(stack, days=beyond)
    (after,) = stack.rows(_REACH)
    assert after["last"] > before["last"]
    assert after["legs"] > before["legs"]
    wait_until(lambda: stack.rows(_UNPRICED)[0]["legs"] == 0, what="the workers price what is new", seconds=60)

    assert "loaded already, nothing changed" in extended(stack, days=beyond)
    assert stack.rows(_REACH) == [after]
    assert ledger_mismatches(stack) == []
