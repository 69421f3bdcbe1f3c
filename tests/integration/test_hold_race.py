"""The hold race through nginx: exactly as many succeed as there are seats, on one leg and on two, both ways round.

The twins that oversell stand beside the service's own race, in the kernel's tests: there the guard can be taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .market import Market
from .stack import Stack

CLIENTS = 200
AT_ONCE = 40
PARTY = 9  # so that 200 clients want ten times the seats of an aircraft


def economy_left(stack: Stack, offer_id: str) -> int:
    """Seats of the offer's cabin, not capped as they are shown."""
    flight_id, cabin, *_ = offer_id.split(".")
    (row,) = stack.rows(
        "SELECT c.authorized - c.blocked - c.sold - c.held AS seats FROM inventory_cabin c JOIN catalog_datedleg l ON l.id = c.leg_id "
        f"WHERE l.flight_id = '{flight_id}' AND c.code = '{cabin}'"
    )
    return int(row["seats"])


@pytest.fixture
def crowd(stack: Stack, market: Market):
    """Has 200 clients ask at once for what `wanted` says; gives back afterwards what they got."""
    answers: list[httpx.Response] = []

    def race(name: str, wanted: Callable[[int], list[str]]) -> Counter[int]:
        def ask(client: int) -> httpx.Response:
            return market.hold(wanted(client), passengers=PARTY, key=f"{name}-{client}-{market.date}")

        with ThreadPoolExecutor(AT_ONCE) as clients:
            answers.extend(clients.map(ask, range(CLIENTS)))
        refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
        assert refused <= {"sold_out"}, "nobody is told that a fare closed whose price is honoured still"
        return Counter(answer.status_code for answer in answers)

    yield race
    for answer in answers:
        if answer.status_code == 201:
            hold = answer.json()
            httpx.delete(f"{stack.url}/api/v1/holds/{hold['hold_id']}", headers={"Authorization": f"Bearer {hold['token']}"}, timeout=30)


def test_of_200_clients_exactly_as_many_parties_hold_as_find_seats(stack: Stack, market: Market, crowd) -> None:
    offer = market.offers()[1]
    seats = economy_left(stack, offer[0])
    codes = crowd("one", lambda _client: offer)
    assert codes[201] == seats // PARTY > 1
    assert set(codes) <= {201, 409, 429}
    assert economy_left(stack, offer[0]) == seats % PARTY
    assert market.ledger_faults() == []


def test_two_legs_asked_for_in_both_directions_sell_out_without_a_deadlock(stack: Stack, market: Market, crowd) -> None:
    first, second = market.offers()[2:4]
    seats = [economy_left(stack, offer[0]) for offer in (first, second)]
    codes = crowd("two", lambda client: first + second if client % 2 else second + first)
    assert codes[201] == min(seats) // PARTY > 1
    assert set(codes) <= {201, 409, 429}
    assert [economy_left(stack, offer[0]) for offer in (first, second)] == [left - PARTY * codes[201] for left in seats]
    assert market.ledger_faults() == []
