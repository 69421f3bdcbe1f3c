"""The management commands of the inventory."""
