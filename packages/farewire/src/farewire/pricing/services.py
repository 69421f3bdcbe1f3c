"""What other parts may do with prices."""

from farewire.pricing.feed import flights_mark_published
from farewire.pricing.initial import flights_price_chunk, flights_price_new
from farewire.pricing.repricing import events_price, flights_due_price, flights_reprice
from farewire.pricing.retention import prices_prune

__all__ = [
    "events_price",
    "flights_due_price",
    "flights_mark_published",
    "flights_price_chunk",
    "flights_price_new",
    "flights_reprice",
    "prices_prune",
]
