"""What a gateway exports. Counts come from the hub's own integers when they are scraped, so that counting costs nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from farewire_gateway.watch import LAYER, REDIS, WORKER

if TYPE_CHECKING:
    from farewire_gateway.hub import TopicHub

SLOW_SECONDS = 1.0
"""A socket is slow when it has not taken what is due for so long."""

UPDATE_AGE = Histogram(
    "farewire_gateway_update_age_seconds",
    "From the commit of a change to when it was written to the topic's sockets.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class HubCollector(Collector):
    """Reads one hub."""

    def __init__(self, hub: TopicHub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Every gauge and counter; runs in the scraping thread, on copies."""
        yield from self._gauges()
        yield from self._counters()

    def _gauges(self) -> Iterator[Metric]:
        hub, now = self._hub, time.monotonic()
        sockets, topics = list(hub.sockets), list(hub.topics.values())
        started = hub.draining_since
        for name, text, value in (
            ("connections", "Open websocket connections.", len(sockets)),
            ("connections_limit", "The most connections that this gateway takes.", hub.settings.gateway_max_connections),
            ("subscriptions", "Topics watched, summed over connections.", sum(len(socket.subscriptions) for socket in sockets)),
            ("topics", "Topics that this gateway keeps.", len(topics)),
            ("stale_topics", "Topics that readers were told are stale.", sum(topic.stale for topic in topics)),
            ("slow_sockets", "Connections that have not taken what is due for a second.", _slow(hub, now)),
            ("draining_seconds", "For how long this gateway has been draining; 0 when it is not.", now - started if started else 0.0),
        ):
            yield GaugeMetricFamily(f"farewire_gateway_{name}", text, value=value)
        stale = GaugeMetricFamily(
            "farewire_gateway_stale", "1 while the feed cannot be vouched for: Redis, workers or layer silent.", labels=["reason"]
        )
        for reason in (REDIS, WORKER, LAYER):
            stale.add_metric([reason], float(reason in hub.stale_reasons))
        yield stale

    def _counters(self) -> Iterator[Metric]:
        tally = self._hub.tally
        for name, text, value in (
            ("connections_opened", "Connections accepted.", tally.connections),
            ("frames_sent", "Messages written to sockets.", tally.frames),
            ("updates_received", "Updates of kept topics received from the channel layer.", tally.updates),
            ("updates_conflated", "Updates that a slow socket was spared, as a newer state replaced them.", tally.conflated),
            ("layer_replacements", "Times that a deaf channel layer was replaced.", tally.layer_resets),
            ("unreadable_messages", "Channel-layer messages that were not understood.", self._hub.unreadable_messages),
        ):
            yield CounterMetricFamily(f"farewire_gateway_{name}", text, value=value)
        for name, text, label, counts in (
            ("heals", "Topics read again, by what was found amiss.", "reason", tally.heals),
            ("client_errors", "Messages of clients that were refused, by the error's code.", "code", tally.errors),
            ("refusals", "Handshakes that were refused.", "reason", tally.refusals),
        ):
            family = CounterMetricFamily(f"farewire_gateway_{name}", text, labels=[label])
            for key, count in list(counts.items()):
                family.add_metric([key], count)
            yield family


def _slow(hub: TopicHub, now: float) -> int:
    return sum(socket.waiting_seconds(now=now) > SLOW_SECONDS for socket in list(hub.sockets))
