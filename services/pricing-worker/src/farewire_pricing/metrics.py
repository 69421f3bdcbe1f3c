"""What a worker tells Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)

EVENTS = Counter("farewire_pricing_events", "Outbox events that were claimed, priced and deleted.")
EVENTS_SET_ASIDE = Counter("farewire_pricing_events_set_aside", "Outbox events that could not be priced and wait for another try.")
REPRICED = Counter("farewire_pricing_flights_repriced", "Flights that were priced, by what asked for it.", ["cause"])
CLAIM_TO_PUBLISH = Histogram(
    "farewire_pricing_claim_to_publish_seconds", "From the claim of events to Redis having what they changed.", buckets=_SECONDS
)
EVENT_TO_PUBLISH = Histogram(
    "farewire_pricing_event_to_publish_seconds", "From the oldest event of a claim to Redis having what it changed.", buckets=_SECONDS
)
REPUBLISHED = Counter("farewire_pricing_flights_republished", "Flights whose newest version had been committed and not published.")
OUTBOX_EVENTS = Gauge("farewire_outbox_events", "Outbox events that wait to be priced.")
OUTBOX_AGE = Gauge("farewire_outbox_age_seconds", "How long the oldest outbox event has waited.")
UNPUBLISHED = Gauge(
    "farewire_pricing_unpublished_flights", "Flights whose newest version was committed 10 s ago or earlier and is not published."
)
SCHEDULE_AHEAD = Gauge("farewire_schedule_ahead_seconds", "From now to the schedule's last departure; 0 when none is left.")
HOLDS_EXPIRED = Counter("farewire_holds_expired", "Holds that this worker's sweeper ended.")
LEDGER_CHECKED = Counter("farewire_ledger_checked_cabins", "Cabins whose counters were compared with their ledger.")
LEDGER_MISMATCHES = Gauge("farewire_ledger_mismatched_cabins", "Cabins whose counters differ from their ledger, in the last full check.")
LEDGER_PASSES = Counter("farewire_ledger_passes", "Full checks of all cabins against the ledger.")
PRUNED = Counter("farewire_pricing_pruned_rows", "Superseded offers and replaced controls that were deleted.")
ERRORS = Counter("farewire_pricing_errors", "Turns of a duty that failed and are tried again, by duty and reason.", ["duty", "reason"])
