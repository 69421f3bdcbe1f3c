"""Version 1 of the JSON API: thin endpoints over selectors and services."""
