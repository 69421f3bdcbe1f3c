"""What the web service counts; sums over its processes are scraped from the internal port."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("farewire_web_requests_total", "Requests answered.", ["method", "route", "status"])
HOLD_REQUESTS = (
    ("POST", "/api/v1/holds"),
    ("GET", "/api/v1/holds/<hold_id>"),
    ("DELETE", "/api/v1/holds/<hold_id>"),
    ("GET", "/holds"),
    ("POST", "/holds"),
    ("GET", "/holds/<str:hold_id>"),
    ("GET", "/holds/<str:hold_id>/state"),
    ("POST", "/holds/<str:hold_id>/release"),
)
"""Method and route of every request about a hold: those that FarewireBookingErrors watches."""
REQUEST_SECONDS = Histogram(
    "farewire_web_request_duration_seconds",
    "Time from a request's arrival in a process to its answer.",
    ["method", "route"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_IN_PROGRESS = Gauge("farewire_web_requests_in_progress", "Requests being answered now.", multiprocess_mode="livesum")
HOLDS = Counter(
    "farewire_holds_total", "Attempts to hold seats, and releases, by what came of them: held, released, or a refusal's code.", ["outcome"]
)


def hold_failures_announce() -> None:
    """Export the failures of hold requests at 0, so that the first ones are seen as an increase."""
    for method, route in HOLD_REQUESTS:
        REQUESTS.labels(method=method, route=route, status="5xx")
