from __future__ import annotations

import os
import re
import selectors
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from farewire_dev.servers.waiting import wait_until
from farewire_web.draining_worker import DrainingWorker
from services.web.tests.command.conftest import command, environment

pytestmark = pytest.mark.django_db  # which makes pytest-django make the database
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"
AIRPORTS = "/api/v1/airports"
SCHEMA = "/api/v1/openapi.json"  # reads no table


def test_help_needs_no_settings_and_a_wrong_one_is_told(database_url):
    assert command("--help").returncode == 0
    wrong = command("migrate", **environment(database_url, FAREWIRE_BNID="x"))
    assert wrong.returncode == 2
    assert "FAREWIRE_BNID is not a setting of this service. Did you mean FAREWIRE_BIND?" in wrong.stderr


def test_it_answers_counts_what_all_its_processes_answered_and_leaves_nothing_behind(serve, database_url, tmp_path):
    web = serve(database_url, prometheus_multiproc_dir=tmp_path / "metrics")
    web.wait_for("/readyz")
    assert web.internal.get("/livez").json() == {"status": "ok"}
    for _ in range(20):
        assert web.client.get(AIRPORTS, headers={"Connection": "close"}).status_code == 200
    assert 'farewire_web_requests_total{method="GET",route="/api/v1/airports",status="2xx"} 20.0' in web.internal.get("/metrics").text
    assert 'farewire_web_requests_total{method="POST",route="/api/v1/holds",status="5xx"} 0.0' in web.internal.get("/metrics").text
    assert len(list(tmp_path.glob("metrics/*.db"))) > 0
    assert web.stop() == 0
    assert not (tmp_path / "metrics").exists()


def test_what_is_in_hand_is_answered_before_it_goes(serve, database_url, at_once):
    web = serve(database_url, farewire_database_lock_timeout_ms=20_000)
    web.wait_for("/readyz")
    with blocked_airports(database_url):
        waiting = at_once(lambda: web.client.get(AIRPORTS))
        wait_until(lambda: waits_for_airports(database_url), what="the request waits for the table", seconds=20)
        web.process.send_signal(signal.SIGTERM)
        wait_until(lambda: web.says("/readyz", 503), what="it is not ready any more", seconds=20)
    assert waiting.result(timeout=30).status_code == 200
    assert web.process.wait(timeout=30) == 0


def test_who_connected_before_it_stopped_is_answered_and_later_ones_are_refused(serve, database_url, at_once):
    web = serve(database_url, farewire_database_lock_timeout_ms=20_000)
    web.wait_for("/readyz")
    address = (web.client.base_url.host, web.client.base_url.port)
    processes = children(web.process.pid)
    assert processes
    with blocked_airports(database_url):
        in_hand = at_once(lambda: web.client.get(AIRPORTS))  # for which it stays while the others come and go
        wait_until(lambda: waits_for_airports(database_url), what="the request waits for the table", seconds=20)
        for process in processes:  # asleep, so that connections queue up
            os.kill(process, signal.SIGSTOP)
        wait_until(lambda: all(sleeps(process) for process in processes), what="its processes sleep", seconds=20)
        queued = [socket.create_connection(address, timeout=20) for _ in range(12)]
        for connection in queued:
            connection.sendall(f"GET {SCHEMA} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        web.process.send_signal(signal.SIGTERM)
        wait_until(lambda: all(told_to_stop(process) for process in processes), what="its processes are told to stop", seconds=20)
        for process in processes:
            os.kill(process, signal.SIGCONT)
        assert [first_line(connection) for connection in queued] == [b"HTTP/1.1 200 OK\r\n"] * len(queued)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=20)
        assert not in_hand.done()
    assert in_hand.result(timeout=30).status_code == 200
    assert web.process.wait(timeout=30) == 0


def test_a_worker_that_is_told_to_stop_at_its_limit_of_connections_closes_its_sockets_once():
    worker = DrainingWorker.__new__(DrainingWorker)
    worker.alive, worker.nr_conns, worker.poller = True, 0, selectors.DefaultSelector()
    worker._accepting = False
    with worker.poller, socket.create_server(("127.0.0.1", 0)) as listener:
        worker.sockets = [listener]
        worker.set_accept_enabled(True)
        worker.alive = False  # as its signal handler says
        for _ in range(2):  # once by the loop, which had just found it at its limit, and once at its end
            worker.set_accept_enabled(False)
        assert listener.fileno() == -1


@contextmanager
def blocked_airports(database_url: str) -> Iterator[None]:
    """Nobody can read airports meanwhile."""
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE catalog_airport IN ACCESS EXCLUSIVE MODE")
        yield


def waits_for_airports(database_url: str) -> bool:
    with psycopg.connect(database_url, autocommit=True) as watcher:
        return watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None


def first_line(connection: socket.socket) -> bytes:
    """What is answered first; the connection is closed."""
    with connection, connection.makefile("rb") as answer:
        return answer.readline()


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def sleeps(pid: int) -> bool:
    """Whether each thread of a process has stopped."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return all("\nState:\tT" in (task / "status").read_text(encoding="ascii") for task in tasks)


def told_to_stop(pid: int) -> bool:
    """Whether a stopped process has SIGTERM waiting for it."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    pending = int(re.search(r"^ShdPnd:\t([0-9a-f]+)$", status, re.MULTILINE)[1], 16)
    return bool(pending >> (signal.SIGTERM - 1) & 1)


def test_a_lock_that_does_not_come_is_told_as_unavailable(serve, database_url):
    web = serve(database_url, farewire_database_lock_timeout_ms=100)
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE catalog_airport IN ACCESS EXCLUSIVE MODE")
        response = web.client.get(AIRPORTS)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


def test_without_its_database_it_lives_is_not_ready_and_says_so(serve):
    web = serve(NOWHERE)
    assert web.internal.get("/livez").status_code == 200
    ready = web.internal.get("/readyz")
    assert (ready.status_code, list(ready.json()["reasons"])) == (503, ["database"])
    response = web.client.get(AIRPORTS)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0


def test_over_a_database_that_was_never_migrated_it_is_not_ready(serve, empty_database):
    web = serve(empty_database)
    assert "farewire-web migrate" in web.internal.get("/readyz").json()["reasons"]["database"]
    assert command("migrate", **environment(empty_database)).returncode == 0
    web.wait_for("/readyz")


def test_behind_a_socket_it_serves_hashed_files_for_ever_and_nothing_internal(serve, database_url, tmp_path):
    web = serve(database_url, bind=f"unix:{tmp_path}/web.sock")
    address = re.search(r'href="(/static/[^"]+\.css)"', web.client.get("/").text)
    assert address is not None
    style = web.client.get(address[1])
    assert (style.status_code, "immutable" in style.headers["Cache-Control"]) == (200, True)
    assert [web.client.get(path).status_code for path in ("/metrics", "/livez", "/readyz", "/startupz")] == [404] * 4
