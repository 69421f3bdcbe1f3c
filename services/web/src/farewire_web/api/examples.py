"""Answers as the OpenAPI document shows them; a test holds each to its contract."""

from __future__ import annotations

from http import HTTPStatus

_FIRST, _SECOND = "FW11-20261201-LAX", "FW42-20261201-JFK"


def _offers(flight_id: str, basic: int) -> list[dict[str, object]]:
    return [
        {
            "offer_id": f"{flight_id}.economy.17.{brand}",
            "brand": brand,
            "fare_class": "Q",
            "amount": basic + more,
            "currency": "USD",
        }
        for brand, more in (("basic", 0), ("standard", 3000), ("flex", 8000))
    ]


def _flight(flight_id: str, seats_left: int, basic: int, **schedule: object) -> dict[str, object]:
    return {
        "id": flight_id,
        "version": 17,
        "status": "open",
        "cabins": [{"cabin": "economy", "seats_left": seats_left, "offers": _offers(flight_id, basic)}],
        "carrier": "FW",
        "equipment": "738",
        **schedule,
    }


AIRPORTS: dict[str, object] = {
    "airports": [{"code": "JFK", "name": "John F Kennedy International", "city": "New York", "country": "US", "zone": "America/New_York"}]
}
FLIGHTS: dict[str, object] = {
    "origin": "LAX",
    "destination": "BOS",
    "date": "2026-12-01",
    "passengers": 2,
    "journeys": [
        {
            "journey_id": f"{_FIRST}~{_SECOND}",
            "flight_ids": [_FIRST, _SECOND],
            "stops": 1,
            "departs_at": "2026-12-01T07:00:00-08:00",
            "arrives_at": "2026-12-01T17:45:00-05:00",
            "duration_minutes": 465,
            "arrival_day_offset": 0,
            "status": "open",
            "offers": [
                {
                    "cabin": "economy",
                    "brand": brand,
                    "offer_ids": [f"{_FIRST}.economy.17.{brand}", f"{_SECOND}.economy.17.{brand}"],
                    "amount": amount,
                    "currency": "USD",
                    "seats_left": 4,
                }
                for brand, amount in (("basic", 29000), ("standard", 35000), ("flex", 45000))
            ],
        }
    ],
    "flights": {
        _FIRST: _flight(
            _FIRST,
            9,
            20000,
            number=11,
            origin="LAX",
            destination="JFK",
            departs_at="2026-12-01T07:00:00-08:00",
            arrives_at="2026-12-01T15:10:00-05:00",
        ),
        _SECOND: _flight(
            _SECOND,
            4,
            9000,
            number=42,
            origin="JFK",
            destination="BOS",
            departs_at="2026-12-01T16:30:00-05:00",
            arrives_at="2026-12-01T17:45:00-05:00",
        ),
    },
    "topics": ["market:JFK-BOS:2026-12-01", "market:LAX-BOS:2026-12-01", "market:LAX-JFK:2026-12-01"],
}
HOLD: dict[str, object] = {
    "hold_id": "h_7Qm1vYt0bX0cJ8r2dWcJrA",
    "state": "active",
    "expires_at": "2026-11-24T09:30:00+00:00",
    "price": {"amount": 58000, "currency": "USD"},
    "passengers": 2,
    "flight_ids": [_FIRST, _SECOND],
}
HOLD_CREATED: dict[str, object] = {**HOLD, "token": "hVq3mF0cE1yB6tVbG2mJ9sXkP4nZ7rQwA5dL8uTfC0I"}

_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("malformed_json", "The body is not valid JSON."),
    401: ("token_required", "Send the hold's token in the header `Authorization: Bearer <token>`."),
    404: ("unknown_airport", "We do not fly to or from XXX; find an airport's code at /api/v1/airports?q=, by its city or name."),
    409: ("offer_expired", "This price is no longer offered; search again for the price of now."),
    413: ("too_large", "The body is larger than any that this API takes."),
    415: ("unsupported_media_type", "Send the body as `Content-Type: application/json`."),
    422: ("invalid_passengers", "`passengers` is a whole number from 1 to 9."),
    429: ("too_many_holds", "With 6 holds you hold as many as one may; release one or wait until one expires."),
    503: ("unavailable", "The database did not answer in time; nothing was changed. Try again in a moment."),
}


def problem_example(status: int) -> dict[str, object]:
    """Return what an error of this status may look like."""
    code, detail = _PROBLEMS[status]
    return {"type": f"urn:farewire:problem:{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}


def success_example(shape: str) -> dict[str, object]:
    """Return what an answer of the contract's `shape` may look like."""
    return {"Airports": AIRPORTS, "Flights": FLIGHTS, "Hold": HOLD, "HoldCreated": HOLD_CREATED}[shape]
