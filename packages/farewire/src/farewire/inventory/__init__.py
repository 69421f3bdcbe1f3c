"""Seats: one counter row per dated leg and cabin, and the ledger that explains it."""
