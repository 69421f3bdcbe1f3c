from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
SOURCES = [
    *(ROOT / "packages/farewire/src/farewire/bookings").glob("*.py"),
    *(ROOT / "services/web/src/farewire_web/search").glob("*.py"),
    *(ROOT / "services/web/src/farewire_web/api").glob("*.py"),
    ROOT / "packages/farewire/src/farewire/domain/errors.py",
    ROOT / "packages/farewire/src/farewire/domain/identifiers.py",
    ROOT / "packages/farewire/src/farewire/platform/locks.py",
]
# Of the tree's branches, which nobody raises as they are, and of moves that the API does not offer.
NOT_TOLD = {"error", "invalid_input", "not_allowed", "conflict", "hold_ended"}


def test_every_error_code_is_explained():
    """docs/api.md is where a program's author looks a code up."""
    raised = {code for source in SOURCES for code in re.findall(r'\bcode ?= ?"(\w+)"', source.read_text())}
    explained = set(re.findall(r"`(\w+)`", (ROOT / "docs/api.md").read_text()))
    assert len(raised) > 15
    assert raised - NOT_TOLD - explained == set()
