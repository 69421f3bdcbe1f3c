"""Plain Python: what a fare, a seat and a time are, with neither Django nor Redis."""
