"""docs/settings.md says what the code says."""

from __future__ import annotations

import re

from farewire_dev.settings_table import COMPOSE, DESTINATION, ROOT, service_settings, settings_document


def test_the_settings_table_is_current() -> None:
    assert DESTINATION.read_text(encoding="utf-8") == settings_document(), "run python -m farewire_dev.settings_table"


def test_every_setting_says_what_it_is() -> None:
    for service, kind in service_settings().items():
        for name, field in kind.model_fields.items():
            assert (field.description or "").endswith("."), f"{service}: {name}"


def test_every_variable_of_compose_yaml_is_in_the_table() -> None:
    used = dict(re.findall(r"\$\{(\w+)(?::-([^}]*))?\}", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert used == {name: default for name, (default, _) in COMPOSE.items()}
