"""Where the tests' servers come from is decided by one rule, and said."""

from __future__ import annotations

import pytest

from farewire_dev.testing.backend import choose_backend, clear_environment


def test_containers_are_chosen_where_an_engine_answers() -> None:
    assert choose_backend(forced=None, engine=lambda: True).name == "containers"
    assert choose_backend(forced=None, engine=lambda: False).name == "embedded"


@pytest.mark.parametrize("name", ["containers", "embedded"])
def test_the_choice_can_be_forced_without_asking_for_an_engine(name: str) -> None:
    def never() -> bool:
        raise AssertionError

    assert choose_backend(forced=name, engine=never).name == name


def test_an_unknown_choice_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'containers' or 'embedded'"):
        choose_backend(forced="docker")


def test_a_testers_own_settings_do_not_reach_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415

    # Through monkeypatch, which puts the run's own settings back afterwards.
    for name in [name for name in os.environ if name.startswith("FAREWIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FAREWIRE_TEST_BACKEND", "embedded")
    monkeypatch.setenv("FAREWIRE_HOLD_SECONDS", "1")
    assert clear_environment() == "embedded"
    assert not [name for name in os.environ if name.startswith("FAREWIRE_")]
