"""Django's settings of the pricing worker, composed from the typed ones."""

from __future__ import annotations

from farewire.platform.apps import KERNEL_APPS
from farewire.platform.database import databases
from farewire.platform.logging import logging_configure
from farewire.platform.settings import settings_load
from farewire_pricing.configuration import WorkerSettings

FAREWIRE = settings_load(WorkerSettings)
logging_configure(service="pricing-worker", release=FAREWIRE.release, level=FAREWIRE.log_level, style=FAREWIRE.log_format)

# Nothing is signed here. Django insists on a value only where it signs.
SECRET_KEY = ""
DEBUG = False
INSTALLED_APPS = ["django.contrib.contenttypes", *KERNEL_APPS]
# No pool: each of the few threads keeps its own connection for as long as it works.
DATABASES = databases(FAREWIRE, application="farewire-pricing", pooled=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING_CONFIG = None
