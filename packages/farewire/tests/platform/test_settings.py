"""Settings from the environment and from secrets' files, and how a start with wrong ones is told why."""

from __future__ import annotations

import pytest

from farewire.platform.settings import RedisSettings, ServiceSettings, SettingsError, settings_load


class Settings(ServiceSettings, RedisSettings):
    """A service that knows Redis and no database."""


URL = "redis://:very-secret@redis:6379/0"


def refusal(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        settings_load(Settings, environment)
    return str(refused.value).splitlines()


def test_a_value_comes_from_its_variable_and_the_rest_by_default():
    settings = settings_load(Settings, {"FAREWIRE_REDIS_URL": URL, "FAREWIRE_LOG_LEVEL": "debug", "PATH": "/bin"})
    assert settings.redis_url.get_secret_value() == URL
    assert (settings.log_level, settings.log_format) == ("debug", "json")


def test_a_secret_comes_from_its_file_less_the_final_newline(tmp_path):
    secret = tmp_path / "redis_url"
    secret.write_text(f"{URL}\n")
    assert settings_load(Settings, {"FAREWIRE_REDIS_URL_FILE": str(secret)}).redis_url.get_secret_value() == URL


@pytest.mark.parametrize("variable", ["FAREWIRE_REDIS_ULR", "FAREWIRE_REDIS_URL_FIEL"])
def test_a_misspelt_variable_is_named_with_the_right_one(variable):
    (fault,) = refusal({"FAREWIRE_REDIS_URL": URL, variable: "x"})
    assert fault.startswith(f"{variable} is not a setting of this service. Did you mean FAREWIRE_REDIS_URL")


def test_a_variable_of_another_service_is_unknown_here():
    (fault,) = refusal({"FAREWIRE_REDIS_URL": URL, "FAREWIRE_WEB_THREADS": "8"})
    assert fault.startswith("FAREWIRE_WEB_THREADS is not a setting of this service.")


def test_every_fault_is_told_at_once(tmp_path):
    faults = refusal(
        {
            "FAREWIRE_NONSENSE": "1",
            "FAREWIRE_REDIS_URL": URL,
            "FAREWIRE_REDIS_URL_FILE": str(tmp_path / "same"),
            "FAREWIRE_RELEASE_FILE": str(tmp_path / "absent"),
        }
    )
    assert len(faults) == 3
    assert any("FAREWIRE_NONSENSE is not a setting" in fault for fault in faults)
    assert any("FAREWIRE_REDIS_URL is given both directly and by FAREWIRE_REDIS_URL_FILE" in fault for fault in faults)
    assert any("FAREWIRE_RELEASE_FILE names" in fault and "No such file" in fault for fault in faults)


def test_a_missing_secret_says_how_to_give_it():
    (fault,) = refusal({})
    assert fault == "FAREWIRE_REDIS_URL is not set; set it, or name a file that holds it in FAREWIRE_REDIS_URL_FILE."


def test_a_wrong_value_is_told_without_any_secret():
    (fault,) = refusal({"FAREWIRE_REDIS_URL": URL, "FAREWIRE_LOG_LEVEL": "loud"})
    assert fault.startswith("FAREWIRE_LOG_LEVEL is wrong: ")
    assert "very-secret" not in fault
