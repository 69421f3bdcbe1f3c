"""Pages for people: search, the board of fares, and a hold; all of them work without script."""
