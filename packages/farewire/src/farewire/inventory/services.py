"""Moving seats: every change of a cabin's counters goes through `seats_change`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection
from psycopg import errors as postgres

from farewire.domain.errors import Conflict, FareClosed, SoldOut
from farewire.domain.states import CabinStatus, LedgerKind
from farewire.platform.locks import lock_timeout_is_unavailable


@dataclass(frozen=True, slots=True)
class CabinGuard:
    """A cabin to change, and how many seats the change must leave."""

    cabin_id: int
    protect: int = 0


@dataclass(frozen=True, slots=True)
class SeatDelta:
    """By how many seats each counter moves, the same in every cabin that is named."""

    authorized: int = 0
    blocked: int = 0
    sold: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class CabinSeats:
    """A cabin after its change: seats left and the ledger's newest seq."""

    cabin_id: int
    seats_left: int
    seq: int


CONSTRAINT_ERRORS = {
    "cabin_never_oversold": ("never_oversold", "The change would leave fewer seats than are sold, held and blocked."),
    "cabin_counters_not_negative": ("counter_negative", "The change takes back more seats than were given."),
}
"""What each CHECK of the cabin's row says when it is the last guard to refuse."""


def seats_change(
    *, guards: Sequence[CabinGuard], kind: LedgerKind, delta: SeatDelta, reference: str, must_be_open: bool = False
) -> list[CabinSeats]:
    """Change the counters of one or more cabins together with their ledger and the outbox, in one database call.

    MUST BE CALLED INSIDE A TRANSACTION, WHICH MUST BE ROLLED BACK (TO A SAVEPOINT AT LEAST) WHEN THIS RAISES: cabins
    before the refused one are changed by then. Locks are taken in ascending id order and kept to the transaction's end.

    Raises `SoldOut` where fewer seats are left than the change takes, `FareClosed` where they are left but protected or
    the cabin is closed, `Conflict` where a constraint refuses and `Unavailable` where a lock could not be had in time.
    """
    if not guards:
        raise ValueError("name at least one cabin")
    try:
        with lock_timeout_is_unavailable(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT cabin_id, done, seats_left, seq, cabin_status FROM inventory_change(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    [guard.cabin_id for guard in guards],
                    [guard.protect for guard in guards],
                    kind.value,
                    delta.authorized,
                    delta.blocked,
                    delta.sold,
                    delta.held,
                    must_be_open,
                    reference,
                ],
            )
            rows = cursor.fetchall()
    except IntegrityError as error:
        raise _constraint_error(error) from error
    changed = {cabin_id: CabinSeats(cabin_id, seats_left, seq) for cabin_id, done, seats_left, seq, _ in rows if done}
    refused = [row for row in rows if not row[1]]
    if refused:
        cabin_id, _, seats_left, _, status = refused[0]
        protected = any(guard.protect for guard in guards if guard.cabin_id == cabin_id)
        raise _refusal(cabin_id=cabin_id, seats_left=seats_left, status=status, delta=delta, protected=protected)
    missing = [guard.cabin_id for guard in guards if guard.cabin_id not in changed]
    if missing:
        raise FareClosed("This cabin is not sold any more; search again.", data={"cabin_ids": missing})
    return [changed[guard.cabin_id] for guard in guards]


def _refusal(*, cabin_id: int, seats_left: int, status: str, delta: SeatDelta, protected: bool) -> Conflict:
    taken = delta.blocked + delta.sold + delta.held - delta.authorized
    if status != CabinStatus.OPEN:
        return FareClosed("Sales of this flight have closed; choose another one.", data={"cabin_id": cabin_id})
    # Seats are counted after the refusal, and may have come free in between: where none was protected, too few is what it was.
    if seats_left < taken or not protected:
        return SoldOut(
            "Fewer seats are left than you asked for; choose another flight or fewer passengers.",
            data={"cabin_id": cabin_id, "seats_left": max(seats_left, 0)},
        )
    return FareClosed("No seat is left at this fare; search again for today's fares.", data={"cabin_id": cabin_id})


def _constraint_error(error: IntegrityError) -> Exception:
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, postgres.IntegrityError) else None
    if name in CONSTRAINT_ERRORS:
        code, message = CONSTRAINT_ERRORS[name]
        return Conflict(message, code=code)
    return error
