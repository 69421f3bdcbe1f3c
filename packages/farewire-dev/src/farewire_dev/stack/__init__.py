"""The embedded stack: the whole of Farewire on one machine, from wheels alone."""
