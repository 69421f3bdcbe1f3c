"""The front door's templates: whole, safe, and with limits that hold, on a real nginx before a service of ours."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from farewire_dev.servers.front_door import FrontDoor, defaults_read, templates_render
from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import wait_until
from farewire_dev.stack.options import repository

CONFIGURATION = repository() / "deploy" / "nginx"
MODES = ("plain", "tls")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key, of nobody's trust."""
    directory = tmp_path_factory.mktemp("tls")
    certificate, key = directory / "tls.crt", directory / "tls.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, as a service behind the door sees it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        body = json.dumps({"path": self.path, "port": self.server.server_address[1], "headers": dict(self.headers.items())}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET  # noqa: N815  # the base class looks for these names

    def log_message(self, *_arguments: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[str, str]]:
    """Something that answers for web and for a gateway."""
    running = [ThreadingHTTPServer(("127.0.0.1", port), Echo) for port in free_ports(2)]
    for server in running:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    web, gateway = (f"127.0.0.1:{server.server_address[1]}" for server in running)
    yield web, gateway
    for server in running:
        server.shutdown()
        server.server_close()


Open = Callable[..., str]


@pytest.fixture
def door(tmp_path: Path, services: tuple[str, str]) -> Iterator[Open]:
    """Opens front doors with given variables; the answer is the address."""
    doors: list[FrontDoor] = []

    def open_door(**variables: str) -> str:
        port, internal = free_ports(2)
        door = FrontDoor(
            configuration=CONFIGURATION,
            directory=tmp_path / "nginx",
            listen=f"127.0.0.1:{port}",
            internal_port=internal,
            web=services[0],
            gateways=[services[1]],
            log=tmp_path / "error.log",
            access_log=tmp_path / "access.log",
            overrides=variables,
        )
        door.render()
        door.check()
        door.process.start()
        doors.append(door)
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"http://127.0.0.1:{internal}/livez"), what="nginx answers", seconds=20, gone=lambda: tail(door))
        return address

    yield open_door
    for opened in doors:
        opened.process.stop()


def answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.HTTPError:
        return False


def tail(door: FrontDoor) -> str | None:
    return None if door.process.running() else door.process.log_tail()


def rendered(directory: Path, *, mode: str, certificate: tuple[Path, Path]) -> FrontDoor:
    """The configuration as containers have it, but for names that only their DNS knows."""
    defaults = defaults_read(CONFIGURATION / "defaults.env")
    overrides = {
        "FRONT_MODE": mode,
        "FRONT_TLS_CERTIFICATE": str(certificate[0]),
        "FRONT_TLS_KEY": str(certificate[1]),
        "FRONT_TRUSTED_PROXIES": "set_real_ip_from 10.0.0.0/8; set_real_ip_from 2001:db8::/32;",
        "FRONT_RESOLVER": defaults["FRONT_RESOLVER"],
        "FRONT_WEB_SERVERS": defaults["FRONT_WEB_SERVERS"],
        "FRONT_GATEWAY_SERVERS": defaults["FRONT_GATEWAY_SERVERS"],
    }
    door = FrontDoor(
        configuration=CONFIGURATION,
        directory=directory,
        listen="8080",
        internal_port=8081,
        web="",
        gateways=[],
        log=directory / "error.log",
        access_log=directory / "access.log",
        overrides=overrides,
    )
    door.render()
    return door


@pytest.mark.parametrize("mode", MODES)
def test_nginx_takes_the_configuration(tmp_path: Path, certificate: tuple[Path, Path], mode: str) -> None:
    """Servers are named by DNS with `resolve`, as in containers: nginx does not need them to exist to start."""
    assert "test is successful" in rendered(tmp_path, mode=mode, certificate=certificate).check()


@pytest.mark.parametrize("mode", MODES)
def test_gixy_finds_nothing(tmp_path: Path, certificate: tuple[Path, Path], mode: str) -> None:
    rendered(tmp_path, mode=mode, certificate=certificate)
    assert gixy(tmp_path / "conf" / "nginx.conf") == []


def test_gixy_reads_the_included_files(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    """A twin with a known fault in an included file: gixy must find it, or its silence means nothing."""
    rendered(tmp_path, mode="plain", certificate=certificate)
    proxy = tmp_path / "conf" / "proxy.conf"
    proxy.write_text(proxy.read_text().replace("Host $asked_host;", "Host $http_host;"))
    assert [finding["plugin"] for finding in gixy(tmp_path / "conf" / "nginx.conf")] == ["host_spoofing"]


def gixy(configuration: Path) -> list[dict[str, str]]:
    """What gixy finds."""
    done = subprocess.run(
        [Path(sys.executable).with_name("gixy"), "-f", "json", configuration], capture_output=True, text=True, check=False
    )
    return list(json.loads(done.stdout))


def test_every_variable_has_a_default_and_a_use(tmp_path: Path) -> None:
    defaults = defaults_read(CONFIGURATION / "defaults.env")
    used = {name for template in (CONFIGURATION / "templates").iterdir() for name in re.findall(r"\$\{(\w+)\}", template.read_text())}
    assert used == set(defaults)
    with pytest.raises(KeyError, match="FRONT_RUN"):
        templates_render(
            source=CONFIGURATION / "templates",
            target=tmp_path,
            variables={name: text for name, text in defaults.items() if name != "FRONT_RUN"},
        )


@pytest.mark.parametrize("page", ["unavailable.html", "busy.html"])
def test_the_policy_of_a_page_of_nginx_names_the_style_that_it_has(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", (CONFIGURATION / "pages" / page).read_text(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in (CONFIGURATION / "templates" / "pages.conf.template").read_text()


def test_the_feed_is_quiet_longer_than_its_heartbeat() -> None:
    from farewire_gateway.configuration import GatewaySettings  # noqa: PLC0415  # only this test is about it

    timeout = defaults_read(CONFIGURATION / "defaults.env")["FRONT_FEED_TIMEOUT"]
    assert int(timeout.removesuffix("s")) > 2 * GatewaySettings.model_fields["feed_heartbeat_seconds"].default


def test_sockets_go_to_gateways_and_the_rest_to_web(door: Open, services: tuple[str, str]) -> None:
    address = door()
    web, gateway = (int(service.rpartition(":")[2]) for service in services)
    for path, port in (("/", web), ("/flights", web), ("/api/v1/holds", web), ("/static/x.css", web), ("/ws/flight_updates/", gateway)):
        assert httpx.get(f"{address}{path}").json()["port"] == port


@contextlib.contextmanager
def breaking(times: float) -> Iterator[str]:
    """A server that takes whatever is sent to it and hangs up, so many times, and then says that all is well."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            taken = 0
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    taken += 1
                    with connection:
                        connection.recv(65536)
                        if taken > times:
                            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


ASKED = [("GET", "/"), ("GET", "/api/v1/flights"), ("POST", "/holds"), ("POST", "/api/v1/holds"), ("DELETE", "/api/v1/holds/1")]


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_where_a_server_breaks_another_answers(door: Open, services: tuple[str, str], method: str, path: str) -> None:
    with breaking(float("inf")) as broken:
        address = door(FRONT_WEB_SERVERS=f"server {broken} max_fails=0; server {services[0]} max_fails=0;")
        assert {httpx.request(method, f"{address}{path}").status_code for _ in range(6)} == {200}


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_where_nobody_is_left_to_ask_it_looks_once_more(door: Open, method: str, path: str) -> None:
    with breaking(1) as once, breaking(float("inf")) as always:
        address = door(FRONT_WEB_SERVERS=f"server {once} max_fails=0;")
        assert httpx.request(method, f"{address}{path}").status_code == 200
        address = door(FRONT_WEB_SERVERS=f"server {always} max_fails=0;")
        answer = httpx.request(method, f"{address}{path}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        kind = "application/problem+json" if path.startswith("/api/") else "text/html"
        assert answer.headers["Content-Type"].startswith(kind)


def test_an_upgrade_is_passed_on_and_only_then(door: Open) -> None:
    address = door()
    asked = httpx.get(f"{address}/ws/flight_updates/", headers={"Connection": "Upgrade", "Upgrade": "websocket"}).json()["headers"]
    assert asked["Upgrade"] == "websocket"
    assert asked["Connection"].lower() == "upgrade"
    assert "Upgrade" not in httpx.get(f"{address}/").json()["headers"]


def test_a_stranger_cannot_say_who_it_is(door: Open) -> None:
    address = door()
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }
    seen = httpx.get(f"{address}/", headers={**forged, "Forwarded": "for=203.0.113.9"}).json()["headers"]
    assert seen["X-Real-IP"] == seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "http"
    assert not {"X-Forwarded-Host", "Forwarded"} & set(seen)


def test_a_trusted_proxy_says_who_the_client_is(door: Open) -> None:
    address = door(FRONT_TRUSTED_PROXIES="set_real_ip_from 127.0.0.0/8;")
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = httpx.get(f"{address}/", headers=headers)
    seen = answer.json()["headers"]
    assert seen["X-Real-IP"] == "203.0.113.9"  # the last that is not trusted, not what the client wrote before it
    assert seen["X-Forwarded-Proto"] == "https"
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    odd = httpx.get(f"{address}/", headers=headers | {"X-Forwarded-Proto": "gopher"}).json()["headers"]
    assert odd["X-Forwarded-Proto"] == "http"


def test_the_security_headers_replace_those_of_a_service(door: Open) -> None:
    assert httpx.get(f"{door()}/").headers.get_list("x-frame-options") == ["DENY"]


def test_a_flood_of_holds_is_told_to_wait_as_a_problem(door: Open) -> None:
    address = door(FRONT_HOLDS_RATE="1r/m", FRONT_HOLDS_BURST="3")
    answered = [httpx.post(f"{address}/api/v1/holds") for _ in range(8)]
    assert [answer.status_code for answer in answered[:4]] == [200] * 4
    refused = answered[-1]
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "2"
    assert refused.json()["code"] == "too_many_requests"
    assert len(refused.headers.get_list("x-content-type-options")) == 1
    assert httpx.get(f"{address}/api/v1/holds").status_code == 200, "looking at a hold is no hold"
    page = httpx.post(f"{address}/holds")
    assert page.status_code == 429
    assert "One at a time" in page.text


def test_the_pages_of_nginx_have_no_address_of_their_own(door: Open) -> None:
    address = door()
    assert httpx.get(f"{address}/-/busy.html").status_code == 404


def test_a_flood_of_searches_is_told_to_wait(door: Open) -> None:
    address = door(FRONT_SEARCH_RATE="1r/m", FRONT_SEARCH_BURST="3")
    assert [httpx.get(f"{address}/api/v1/flights").status_code for _ in range(8)].count(429) >= 3
    assert httpx.get(f"{address}/flights").status_code == 429
    assert httpx.get(f"{address}/").status_code == 200


def test_headers_have_a_limit(door: Open) -> None:
    address = door()
    assert httpx.get(f"{address}/", headers={"X-Long": "x" * 7000}).status_code == 200
    assert httpx.get(f"{address}/", headers={"X-Long": "x" * 9000}).status_code == 400
    assert httpx.get(f"{address}/?{'x' * 9000}").status_code == 414
    assert httpx.get(f"{address}/", headers=[(f"X-{number}", "x" * 7000) for number in range(6)]).status_code == 400


def test_two_hundred_at_once_from_one_address_are_let_through(door: Open) -> None:
    address = door()
    with ThreadPoolExecutor(50) as crowd:
        statuses = list(crowd.map(lambda _: httpx.post(f"{address}/api/v1/holds", timeout=30).status_code, range(400)))
    assert set(statuses) == {200}


def test_one_client_has_so_many_connections(door: Open) -> None:
    address = door(FRONT_CONNECTIONS_PER_CLIENT="2")
    with httpx.Client() as one, httpx.Client() as two:
        host, port = address.removeprefix("http://").split(":")
        import socket  # noqa: PLC0415

        waiting = [socket.create_connection((host, int(port))) for _ in range(2)]
        try:
            for connection in waiting:
                connection.sendall(b"POST /api/v1/holds HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            # A connection counts once nginx has read its head.
            wait_until(lambda: one.get(f"{address}/").status_code == 429, what="a third is refused", seconds=10)
        finally:
            for connection in waiting:
                connection.close()
        wait_until(lambda: two.get(f"{address}/").status_code == 200, what="others may follow", seconds=10)


def test_the_access_log_is_json_without_queries_or_secrets(door: Open, tmp_path: Path) -> None:
    address = door()
    answer = httpx.get(f"{address}/flights?origin=JFK", headers={"Authorization": "Bearer secret", "Cookie": "session=secret"})
    log = tmp_path / "access.log"
    wait_until(lambda: "/flights" in log.read_text(), what="the request is logged", seconds=5)
    event = next(event for event in map(json.loads, log.read_text().splitlines()) if event["path"] == "/flights")
    assert event["request_id"] == answer.headers["x-request-id"] == answer.json()["headers"]["X-Request-ID"]
    assert event["status"] == 200
    assert "secret" not in log.read_text()
    assert "origin" not in log.read_text()


def test_tls_is_ended_here_and_plain_http_leads_to_it(door: Open, certificate: tuple[Path, Path]) -> None:
    (port,) = free_ports(1)
    address = door(
        FRONT_MODE="tls",
        FRONT_TLS_LISTEN=f"127.0.0.1:{port}",
        FRONT_TLS_CERTIFICATE=str(certificate[0]),
        FRONT_TLS_KEY=str(certificate[1]),
    )
    led = httpx.get(f"{address}/flights?origin=JFK")
    assert led.status_code == 308
    assert led.headers["location"] == "https://127.0.0.1/flights?origin=JFK"
    safe = httpx.get(f"https://127.0.0.1:{port}/", verify=False)
    assert safe.json()["headers"]["X-Forwarded-Proto"] == "https"
    assert "strict-transport-security" in safe.headers
