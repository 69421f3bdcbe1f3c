"""The pricing worker: prices what changes and what falls due, publishes it and sweeps holds."""
