"""What other parts may read of prices."""

from farewire.pricing.explanation import PriceExplanation, price_explanation
from farewire.pricing.feed import flights_behind, topic_flights

__all__ = ["PriceExplanation", "flights_behind", "price_explanation", "topic_flights"]
