"""The probe that health checks run."""

from __future__ import annotations

import pytest

from farewire.platform.health import Health, InternalServer
from farewire.platform.probe import main, probe


@pytest.fixture
def health():
    health = Health()
    server = InternalServer(health, bind="127.0.0.1:0")
    server.start()
    yield health, f"127.0.0.1:{server.port}"
    server.stop()


def test_a_service_that_is_ready_is_healthy(health):
    state, bind = health
    state.started.set()
    assert probe(bind=bind) == (True, '{"status": "ok"}')


def test_a_service_that_drains_says_why_it_is_not_ready(health):
    state, bind = health
    state.started.set()
    state.draining.set()
    well, said = probe("/readyz", bind=bind)
    assert not well
    assert "draining" in said


def test_nobody_at_home_is_unhealthy(capsys, monkeypatch):
    server = InternalServer(Health(), bind="127.0.0.1:0")
    monkeypatch.setenv("FAREWIRE_INTERNAL_BIND", f"127.0.0.1:{server.port}")
    server.start()
    assert main(["/livez"]) == 0
    server.stop()
    assert main(["/livez"]) == 1
    assert "ConnectionRefusedError" in capsys.readouterr().out
