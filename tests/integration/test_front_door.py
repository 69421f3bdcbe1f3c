"""What the front door lets through, and what it does not."""

from __future__ import annotations

import contextlib
import http.client
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from farewire_dev.servers.waiting import wait_until

from .market import Market
from .stack import Stack


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/readyz", "/startupz"])
def test_internal_paths_do_not_exist_outside(stack: Stack, path: str) -> None:
    assert httpx.get(f"{stack.url}{path}").status_code == 404


@pytest.mark.parametrize("path", ["//metrics", "/metrics/", "/%6detrics", "/x/../metrics", "/ws/../metrics", "/METRICS", "/metrics;x"])
def test_no_spelling_reaches_an_internal_path(stack: Stack, path: str) -> None:
    address = httpx.URL(stack.url)
    door = http.client.HTTPConnection(address.host, address.port, timeout=10)
    with contextlib.closing(door):
        door.request("GET", path)  # as it stands: httpx would take the dots out of it
        answer = door.getresponse()
        assert answer.status in {301, 302, 400, 404}
        assert b"farewire_" not in answer.read()


@pytest.mark.parametrize("kind", ["web", "gateway", "pricing"])
def test_every_service_answers_on_its_internal_port(stack: Stack, kind: str) -> None:
    for instance in stack.instances(kind):  # type: ignore[arg-type]
        assert stack.internal(instance, "/livez")[0] == 200
        assert stack.internal(instance, "/readyz")[0] == 200
        status, figures = stack.internal(instance, "/metrics")
        assert status == 200
        assert "farewire_build_info" in figures


def test_each_security_header_comes_once(stack: Stack) -> None:
    for path in ("/", "/api/v1/airports?q=new", "/nowhere"):
        headers = httpx.get(f"{stack.url}{path}").headers
        for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy", "cross-origin-opener-policy"):
            assert len(headers.get_list(name)) == 1, f"{name} on {path}"
        assert "strict-transport-security" not in headers  # not over plain HTTP
        assert headers["server"] == "nginx"


def test_every_page_comes_with_a_content_security_policy(stack: Stack) -> None:
    policy = httpx.get(f"{stack.url}/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src" in policy


def test_the_request_id_is_nginxs_own_and_reaches_the_log(stack: Stack) -> None:
    answer = httpx.get(f"{stack.url}/nowhere", headers={"X-Request-ID": "forged-by-a-client"})  # what succeeds is not logged
    (given,) = answer.headers.get_list("x-request-id")
    assert re.fullmatch(r"[0-9a-f]{32}", given)

    def logged() -> str:
        return "".join(stack.logs(instance) for instance in stack.instances("web"))

    wait_until(lambda: given in logged(), what="web logs the request", seconds=10)
    assert "forged-by-a-client" not in logged()


def test_hashed_static_files_are_kept_for_a_year(stack: Stack) -> None:
    page = httpx.get(f"{stack.url}/").text
    (style, *_) = re.findall(r'href="(/static/[^"]+\.css)"', page)
    caching = httpx.get(f"{stack.url}{style}").headers["cache-control"]
    assert "immutable" in caching
    assert int(re.findall(r"max-age=(\d+)", caching)[0]) >= 31_536_000


def test_a_body_larger_than_any_hold_is_refused_as_a_problem(stack: Stack) -> None:
    answer = httpx.post(f"{stack.url}/api/v1/holds", content=b" " * 100_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


def test_two_hundred_clients_of_one_address_race_for_a_hold_without_a_fault(stack: Stack, market: Market) -> None:
    """The front door's limits let a crowd through; who gets no seat is told so by the booking itself."""
    offer = market.offers()[-1]

    def ask(number: int) -> httpx.Response:
        return market.hold(offer, key=f"race-{number:04d}-{market.date}")

    with ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(ask, range(200)))
    assert {answer.status_code for answer in answers} <= {201, 409, 429}
    assert any(answer.status_code == 201 for answer in answers)
    assert not any("upstream" in answer.text or answer.text.startswith("<") for answer in answers)
    assert market.ledger_faults() == []
    for answer in answers:
        if answer.status_code == 201:
            gone = httpx.delete(
                f"{stack.url}/api/v1/holds/{answer.json()['hold_id']}", headers={"Authorization": f"Bearer {answer.json()['token']}"}
            )
            assert gone.status_code in {200, 204}


def test_while_web_is_down_a_page_says_so_and_the_interface_answers_a_problem(stack: Stack) -> None:
    (web,) = stack.instances("web")
    stack.kill(web)
    try:
        page = httpx.get(f"{stack.url}/")
        assert page.status_code == 503
        assert "Back in a moment" in page.text
        assert page.headers["retry-after"] == "5"
        problem = httpx.get(f"{stack.url}/api/v1/airports?q=new")
        assert problem.status_code == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["code"] == "unavailable"
    finally:
        stack.start(web)
    wait_until(lambda: httpx.get(f"{stack.url}/").status_code == 200, what="web comes back", seconds=60)
