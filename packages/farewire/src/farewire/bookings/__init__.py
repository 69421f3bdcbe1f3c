"""Holds: seats kept for a traveller at the price that they clicked."""
