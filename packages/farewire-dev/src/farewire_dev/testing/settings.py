"""Django's settings of every test: the web service's own, over the servers that the plugin started.

One module for all packages, so that one run of pytest holds them all. The gateway's and the worker's own settings differ
from this in what they leave out.
"""

import os

# Before the web service's settings are read. The plugin sets these; mypy's Django plugin reads this module without it.
os.environ.setdefault("FAREWIRE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
os.environ.setdefault("FAREWIRE_SECRET_KEY", "for tests only, of no use elsewhere")
os.environ.setdefault("_FAREWIRE_TEST_REDIS_URL", "redis://127.0.0.1:9/0")

from farewire.platform.channel_layer import channel_layers  # after the defaults above
from farewire.platform.database import databases
from farewire.platform.settings import RedisSettings
from farewire_web.configuration import WebSettings
from farewire_web.settings import *  # noqa: F403  # tests run under exactly these, save for what follows


class TestSettings(WebSettings, RedisSettings):
    """What any of the services reads."""

    __test__ = False


FAREWIRE = TestSettings.model_validate(
    {
        "database_url": os.environ["FAREWIRE_DATABASE_URL"],
        "secret_key": os.environ["FAREWIRE_SECRET_KEY"],
        "redis_url": os.environ["_FAREWIRE_TEST_REDIS_URL"],
    }
)
# No pool: each thread of a race test has a connection, however many there are, and the test database can be dropped.
DATABASES = databases(FAREWIRE, application="farewire-tests", pooled=False)
CHANNEL_LAYERS = channel_layers(FAREWIRE)
# Static files as they stand in the source: nothing has collected them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
