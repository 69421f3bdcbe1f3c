"""Farewire's shared kernel: the domain, the contracts, the platform and the apps that hold the truth."""
