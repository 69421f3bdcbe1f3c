"""The Django app of pricing."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """Farewire's pricing."""

    name = "farewire.pricing"
    label = "pricing"
    default_auto_field = "django.db.models.BigAutoField"
