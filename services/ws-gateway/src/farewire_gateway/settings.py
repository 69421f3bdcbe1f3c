"""Django's settings of the gateway, composed from the typed ones. There is no database."""

from __future__ import annotations

from farewire.platform.channel_layer import channel_layers
from farewire.platform.logging import logging_configure
from farewire.platform.settings import settings_load
from farewire_gateway.configuration import GatewaySettings

FAREWIRE = settings_load(GatewaySettings)
logging_configure(service="gateway", release=FAREWIRE.release, level=FAREWIRE.log_level, style=FAREWIRE.log_format)

# Nothing is signed here: no session, no cookie, no form. Django insists on a value only where it signs.
SECRET_KEY = ""
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in FAREWIRE.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = ["channels"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "farewire_gateway.urls"
ASGI_APPLICATION = "farewire_gateway.asgi.application"
CHANNEL_LAYERS = channel_layers(FAREWIRE)
DATABASES: dict[str, dict[str, str]] = {}
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING_CONFIG = None
