"""Prices: controls, offer versions and the flight states that the feed shows."""
