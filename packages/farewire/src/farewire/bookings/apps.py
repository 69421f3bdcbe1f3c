"""The Django app of bookings."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Farewire's bookings."""

    name = "farewire.bookings"
    label = "bookings"
    default_auto_field = "django.db.models.BigAutoField"
