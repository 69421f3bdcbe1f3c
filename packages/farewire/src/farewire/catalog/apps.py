"""The Django app of catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Farewire's catalog."""

    name = "farewire.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
