from farewire.catalog.airports import airport_facts, search_fold


def test_searching_ignores_case_accents_and_spacing() -> None:
    assert search_fold("  São  PAULO ") == "sao paulo"
    assert search_fold("Zürich Straße") == "zurich strasse"


def test_an_airport_is_found_by_code_city_and_name() -> None:
    guarulhos = airport_facts("GRU")
    assert guarulhos is not None
    assert guarulhos.zone == "America/Sao_Paulo"
    assert guarulhos.search_text.startswith("gru ")
    assert "sao paulo" in guarulhos.search_text


def test_a_code_that_is_nobodys_has_no_facts() -> None:
    assert airport_facts("QQQ") is None
