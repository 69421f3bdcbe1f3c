"""What changed and is not priced yet, and the relay that publishes what was."""
