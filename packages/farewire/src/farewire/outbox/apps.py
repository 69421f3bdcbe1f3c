"""The Django app of outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Farewire's outbox."""

    name = "farewire.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
