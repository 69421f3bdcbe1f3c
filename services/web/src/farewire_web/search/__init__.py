"""Search: which airports there are, and which journeys a traveller may choose between them."""
