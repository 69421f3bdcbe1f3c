"""Django's settings of the web service, composed from the typed ones."""

from __future__ import annotations

import logging
from pathlib import Path

from csp.constants import NONE, SELF

from farewire.platform.apps import KERNEL_APPS
from farewire.platform.database import databases
from farewire.platform.logging import logging_configure
from farewire.platform.settings import settings_load
from farewire_web.configuration import WebSettings

FAREWIRE = settings_load(WebSettings)
logging_configure(service="web", release=FAREWIRE.release, level=FAREWIRE.log_level, style=FAREWIRE.log_format)

BASE = Path(__file__).parent
SECRET_KEY = FAREWIRE.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in FAREWIRE.allowed_hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [origin.strip() for origin in FAREWIRE.csrf_trusted_origins.split(",") if origin.strip()]

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "csp",
    *KERNEL_APPS,
    "farewire_web",
]
MIDDLEWARE = [
    "farewire_web.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "farewire_web.api.problem_responses.ApiProblems",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "farewire_web.urls"
WSGI_APPLICATION = "farewire_web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = databases(FAREWIRE, application="farewire-web")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING_CONFIG = None
logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals are logged once, by our own middleware

STATIC_URL = "/static/"
STATIC_ROOT = BASE / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "farewire_web.static_files.HashedStaticFiles"},
}

CSRF_COOKIE_SECURE = FAREWIRE.secure_cookies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_COOKIE_HTTPONLY = True  # forms carry the token themselves
CSRF_COOKIE_SAMESITE = "Lax"

# Nothing but our own files runs, is loaded or is spoken to; connect-src covers the feed's socket on the same host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
