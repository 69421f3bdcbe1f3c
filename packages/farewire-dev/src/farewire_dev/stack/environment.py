"""The environment of each of the stack's processes: what it needs of ours, and only the settings that it knows."""

import os
from collections.abc import Mapping

# Each would reach into a service: settings of somebody's shell, Django's choice of settings, gunicorn's hidden arguments.
_FOREIGN = ("FAREWIRE_", "DJANGO_", "GUNICORN_", "UVICORN_", "PROMETHEUS_", "PYTEST_", "_FAREWIRE_", "MAKE", "MFLAGS")
_FOREIGN_NAMES = frozenset({"WEB_CONCURRENCY", "PORT", "SENDFILE", "TZ", "PYTHONWARNINGS"})


def inherited(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment less whatever would change how a service runs."""
    environment = os.environ if environment is None else environment
    return {
        **{name: text for name, text in environment.items() if not name.startswith(_FOREIGN) and name not in _FOREIGN_NAMES},
        "PYTHONUNBUFFERED": "1",
    }
