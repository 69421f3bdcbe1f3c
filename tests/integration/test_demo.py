"""The profile `demo`: shoppers who come in by the front door and take holds like anybody."""

from __future__ import annotations

import pytest

from farewire_dev.servers.waiting import wait_until

from .compose_stack import ComposeStack
from .truth import ledger_mismatches

pytestmark = [pytest.mark.containers, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

HOLDS = "SELECT count(*) AS holds FROM bookings_hold"


def test_shoppers_take_holds(stack: ComposeStack) -> None:
    """Also where few days are loaded: they look no further than there are flights."""
    (before,) = stack.rows(HOLDS)
    stack.compose("--profile", "demo", "up", "--build", "--wait", "--no-deps", "--quiet-pull", "shoppers")
    try:
        wait_until(lambda: stack.rows(HOLDS)[0]["holds"] >= before["holds"] + 2, what="shoppers take holds", seconds=120)
        assert ledger_mismatches(stack) == []
    finally:
        stack.compose("--profile", "demo", "rm", "--stop", "--force", "shoppers")
