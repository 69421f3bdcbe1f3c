"""The Grafana dashboards, written from a table of panels: `python -m farewire_dev.dashboards DIRECTORY`.

A dashboard's JSON is long and says little; here each panel is its title, unit and queries, and the files in
`deploy/observability/grafana/dashboards` are what this writes.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_PANEL_WIDTH = 12
_PANEL_HEIGHT = 8
_PANELS_PER_ROW = 2

Unit = Literal["s", "reqps", "ops", "short", "percentunit"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph: what it shows, in which of Grafana's units, and its queries by legend."""

    title: str
    unit: Unit
    queries: dict[str, str]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page of panels, two a row."""

    uid: str
    title: str
    panels: tuple[Panel, ...]


DASHBOARDS = (
    Dashboard(
        "farewire-travellers",
        "Farewire: what travellers meet",
        (
            Panel("Requests", "reqps", {"{{method}} {{route}} {{status}}": "farewire:requests:rate5m"}),
            Panel("Slowest hundredth of requests", "s", {"{{method}} {{route}}": "farewire:request_duration_seconds:p99_5m"}),
            Panel("Holds by what came of them", "ops", {"{{outcome}}": "farewire:holds:rate5m"}),
            Panel("Hold requests that fail", "percentunit", {"failed": "farewire:booking_errors:ratio5m"}, "Alerts above 1 %."),
            Panel("Requests in progress", "short", {"{{instance}}": "farewire_web_requests_in_progress"}),
            Panel(
                "Age of an update on the page's socket",
                "s",
                {"p50": "farewire:update_age_seconds:p50_5m", "p99": "farewire:update_age_seconds:p99_5m"},
                "From the commit to the socket. Alerts above 1 s.",
            ),
        ),
    ),
    Dashboard(
        "farewire-feed",
        "Farewire: the feed",
        (
            Panel("Connections", "short", {"{{instance}}": "farewire_gateway_connections"}),
            Panel("Share of the connections that a gateway takes", "percentunit", {"{{instance}}": "farewire:connections:used_ratio"}),
            Panel("Frames sent", "ops", {"{{instance}}": "rate(farewire_gateway_frames_sent_total[1m])"}),
            Panel("Updates received", "ops", {"{{instance}}": "rate(farewire_gateway_updates_received_total[1m])"}),
            Panel(
                "Topics read again",
                "ops",
                {"{{reason}}": "sum by (reason) (rate(farewire_gateway_heals_total[5m]))"},
                "Each is a loss that was seen and healed.",
            ),
            Panel(
                "Stale", "short", {"{{instance}} {{reason}}": "farewire_gateway_stale"}, "1 while a gateway cannot vouch for what it shows."
            ),
            Panel(
                "Slow sockets",
                "short",
                {
                    "{{instance}} slow": "farewire_gateway_slow_sockets",
                    "{{instance}} spared": "rate(farewire_gateway_updates_conflated_total[1m])",
                },
            ),
            Panel(
                "Topics and subscriptions",
                "short",
                {"{{instance}} topics": "farewire_gateway_topics", "{{instance}} subscriptions": "farewire_gateway_subscriptions"},
            ),
        ),
    ),
    Dashboard(
        "farewire-pricing",
        "Farewire: pricing",
        (
            Panel("Flights repriced", "ops", {"{{cause}}": "farewire:flights_repriced:rate5m"}),
            Panel("From a change to its publication", "s", {"p99": "farewire:event_to_publish_seconds:p99_5m"}),
            Panel("Outbox events waiting", "short", {"events": "max(farewire_outbox_events)"}),
            Panel("Age of the oldest outbox event", "s", {"age": "max(farewire_outbox_age_seconds)"}, "Alerts above 10 s."),
            Panel(
                "Priced and not published",
                "short",
                {"flights": "max(farewire_pricing_unpublished_flights)"},
                "10 s after they were committed. Alerts above 0.",
            ),
            Panel("Turns that failed", "ops", {"{{duty}} {{reason}}": "sum by (duty, reason) (rate(farewire_pricing_errors_total[5m]))"}),
            Panel(
                "Made up for",
                "ops",
                {
                    "republished": "sum(rate(farewire_pricing_flights_republished_total[5m]))",
                    "repaired in Redis": "sum(rate(farewire_feed_repaired_flights_total[5m]))",
                },
            ),
            Panel("Topics rebuilt", "ops", {"topics": "sum(rate(farewire_feed_rebuilt_topics_total[5m]))"}),
        ),
    ),
    Dashboard(
        "farewire-inventory",
        "Farewire: inventory",
        (
            Panel("Cabins that differ from their ledger", "short", {"cabins": "max(farewire_ledger_mismatched_cabins)"}, "Must be 0."),
            Panel("Cabins compared with their ledger", "ops", {"cabins": "sum(rate(farewire_ledger_checked_cabins_total[5m]))"}),
            Panel(
                "Holds made, released and expired",
                "ops",
                {
                    "held": 'sum(rate(farewire_holds_total{outcome="held"}[5m]))',
                    "released": 'sum(rate(farewire_holds_total{outcome="released"}[5m]))',
                    "expired": "sum(rate(farewire_holds_expired_total[5m]))",
                },
            ),
            Panel("Schedule ahead", "s", {"last departure": "max(farewire_schedule_ahead_seconds)"}, "Alerts below 7 days."),
            Panel("Holds refused", "ops", {"{{outcome}}": 'sum by (outcome) (rate(farewire_holds_total{outcome!~"held|released"}[5m]))'}),
        ),
    ),
)


def dashboard_json(dashboard: Dashboard) -> dict[str, object]:
    """Return Grafana's model of a dashboard."""
    source = {"type": "prometheus", "uid": "prometheus"}
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["farewire"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "panels": [
            {
                "id": number + 1,
                "type": "timeseries",
                "title": panel.title,
                "description": panel.description,
                "datasource": source,
                "gridPos": {
                    "x": _PANEL_WIDTH * (number % _PANELS_PER_ROW),
                    "y": _PANEL_HEIGHT * (number // _PANELS_PER_ROW),
                    "w": _PANEL_WIDTH,
                    "h": _PANEL_HEIGHT,
                },
                "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
                "targets": [
                    {"refId": chr(ord("A") + index), "datasource": source, "expr": expression, "legendFormat": legend}
                    for index, (legend, expression) in enumerate(panel.queries.items())
                ],
            }
            for number, panel in enumerate(dashboard.panels)
        ],
    }


def dashboards_write(directory: Path) -> None:
    """Write each dashboard to `directory` under its uid."""
    for dashboard in DASHBOARDS:
        text = json.dumps(dashboard_json(dashboard), indent=1, ensure_ascii=False)
        (directory / f"{dashboard.uid}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write the dashboards where the caller says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("directory", type=Path)
    dashboards_write(parser.parse_args().directory)


if __name__ == "__main__":
    main()
