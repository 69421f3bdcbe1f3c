from __future__ import annotations

import pytest

from farewire.catalog.models import Airport
from farewire_dev.testing.schedule import AIRPORTS, airport_make
from farewire_web.search.airports import airports_find

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _airports():
    for code in AIRPORTS:
        airport_make(code)


def codes(text, limit=10):
    return [place.code for place in airports_find(text=text, limit=limit)]


@pytest.mark.parametrize("text", ["GRU", "gru", "São Paulo", "sao paulo", "SAO", "paulo são", "Guarulhos"])
def test_an_airport_is_found_by_code_city_and_name_whatever_the_accents(text):
    assert codes(text) == ["GRU"]


def test_an_exact_code_comes_first_and_the_start_of_a_word_before_its_middle():
    Airport.objects.filter(code="HNL").update(search_text="hnl honolulu lax lookalike")
    assert codes("lax") == ["LAX", "HNL"]
    assert codes("an") == ["LAX", "BOS"]


def test_nothing_asked_lists_airports_by_code():
    assert codes("", limit=3) == ["BOS", "GRU", "HNL"]


def test_an_airport_that_is_not_served_is_not_found():
    Airport.objects.filter(code="ORD").update(served=False)
    assert codes("ORD") == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "\x00", "'; --", "zzz"])
def test_marks_that_a_database_gives_meaning_to_mean_nothing_here(text):
    assert codes(text) in ([], codes(""))


def test_finding_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        codes("new york")
