from __future__ import annotations

import threading

import pytest
from django.db import OperationalError
from prometheus_client import REGISTRY

from farewire.domain.errors import Unavailable
from farewire.outbox.relay import PublishError
from farewire_pricing.duty import Attempts, Duty


def failures(duty: str, reason: str) -> float:
    return REGISTRY.get_sample_value("farewire_pricing_errors_total", {"duty": duty, "reason": reason}) or 0.0


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OperationalError("gone"), "database"),
        (PublishError("gone"), "redis"),
        (Unavailable("a lock was waited for in vain"), "busy"),
        (ZeroDivisionError("ours"), "fault"),
    ],
)
def test_a_failure_is_counted_by_its_reason_and_does_not_spread(error: Exception, reason: str, stop: threading.Event) -> None:
    stop.set()  # so that the pause is cut short

    def fail() -> None:
        raise error

    before = failures("test", reason)
    assert Attempts("test", stop=stop).turn(fail) is False
    assert failures("test", reason) == before + 1


def test_a_duty_goes_on_after_failures_until_it_is_told_to_stop(stop: threading.Event) -> None:
    turns: list[int] = []
    recovered = threading.Event()

    def fail_twice() -> None:
        turns.append(len(turns))
        if len(turns) <= 2:
            raise OperationalError("gone")
        recovered.set()

    duty = Duty("test", fail_twice, seconds=0.01, stop=stop)
    duty.start()
    assert recovered.wait(10)
    stop.set()
    duty.join(10)
    assert not duty.is_alive()
