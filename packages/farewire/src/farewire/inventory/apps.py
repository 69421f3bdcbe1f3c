"""The Django app of inventory."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Farewire's inventory."""

    name = "farewire.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
