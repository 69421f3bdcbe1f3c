"""The command: what it says when it cannot start."""

import os
import resource
import signal
import socket
import subprocess
import sys

from farewire.contracts.feed import Pong
from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.feed_client import FeedClient
from farewire_gateway.process import descriptors_allow
from farewire_gateway.server import listen


def _run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **{f"FAREWIRE_{name}": text for name, text in settings.items()}}
    return subprocess.run(
        [sys.executable, "-m", "farewire_gateway", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_helps_without_any_setting():
    answer = _run("--help")
    assert answer.returncode == 0
    assert "/ws/flight_updates/" in answer.stdout


def test_refuses_what_it_does_not_know():
    answer = _run(REDIS_URL="redis://127.0.0.1:9/0", DRAIN_SECOND="3")
    assert answer.returncode == 2
    assert answer.stderr.strip() == "FAREWIRE_DRAIN_SECOND is not a setting of this service. Did you mean FAREWIRE_DRAIN_SECONDS?"


def test_says_which_address_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = _run(REDIS_URL="redis://127.0.0.1:9/0", BIND=address)
    assert answer.returncode == 1
    assert f"cannot listen on {address}" in answer.stderr
    assert "FAREWIRE_BIND" in answer.stderr


def test_allows_itself_the_descriptors_that_its_connections_need():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert descriptors_allow(soft)
        if hard != resource.RLIM_INFINITY:
            assert not descriptors_allow(hard + 1)
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_listens_on_a_unix_socket_left_behind_by_one_that_was_killed(tmp_path):
    path = tmp_path / "feed.sock"
    for _ in range(2):
        with listen(f"unix:{path}"), socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))


async def test_serves_the_feed_over_a_unix_socket(redis_url, tmp_path):
    path = tmp_path / "feed.sock"
    process = Process(
        name="gateway",
        command=[sys.executable, "-m", "farewire_gateway"],
        log=tmp_path / "gateway.log",
        environment={
            "PATH": os.environ["PATH"],
            "FAREWIRE_REDIS_URL": redis_url,
            "FAREWIRE_BIND": f"unix:{path}",
            "FAREWIRE_INTERNAL_BIND": "127.0.0.1:0",
        },
    )
    process.start()
    try:
        wait_until(path.exists, what="the socket", seconds=20, gone=lambda: None if process.running() else process.log_tail())
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            async with FeedClient("ws://localhost/ws/flight_updates/", sock=connection) as client:
                await client.send({"type": "ping"})
                await client.until(lambda: bool(client.of(Pong)), what="pong")
        process.send(signal.SIGTERM)
        assert process.wait(10)
        assert process.exit_code() == 0, process.log_tail()
    finally:
        process.stop()
