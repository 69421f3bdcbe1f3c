"""Which Django apps the kernel brings, for the services that hold database credentials."""

KERNEL_APPS = [
    "farewire.outbox",
    "farewire.catalog",
    "farewire.inventory",
    "farewire.pricing",
    "farewire.bookings",
]
