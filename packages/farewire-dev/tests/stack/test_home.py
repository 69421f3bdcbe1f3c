"""One stack to a directory; secrets of its own that outlive a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from farewire_dev.stack.environment import inherited
from farewire_dev.stack.home import Home, HomeTaken


def test_a_directory_serves_one_stack_at_a_time(tmp_path: Path) -> None:
    first, second = Home(tmp_path / "data"), Home(tmp_path / "data")
    first.take()
    with pytest.raises(HomeTaken, match="another stack"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_secret_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    home.take()
    secret = home.secret("some")
    assert len(secret) >= 32
    assert home.secret("some") == secret
    assert home.secret("other") != secret
    assert (tmp_path / "data" / "secrets" / "some").stat().st_mode & 0o077 == 0
    home.release()


def test_the_last_runs_logs_are_kept_beside_this_ones(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.rotate_logs()
    home.log("web").write_text("one")
    home.rotate_logs()
    assert not home.log("web").exists()
    assert (tmp_path / "logs" / "web.log.1").read_text() == "one"


def test_a_service_inherits_nothing_that_would_change_how_it_runs() -> None:
    shell = {
        "PATH": "/bin",
        "HOME": "/home/x",
        "FAREWIRE_PORT": "1",
        "DJANGO_SETTINGS_MODULE": "x",
        "WEB_CONCURRENCY": "9",
        "TZ": "Asia/Tokyo",
    }
    assert inherited(shell) == {"PATH": "/bin", "HOME": "/home/x", "PYTHONUNBUFFERED": "1"}
