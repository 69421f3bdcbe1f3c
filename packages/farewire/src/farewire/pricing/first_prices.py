"""Who may give flights their first prices, and how whoever prices them anew waits for those to be committed."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

_ONE_AT_A_TIME = 0x66617265  # "fare"
_COMMITTED = 0x66617266


def first_prices_claim(cursor: CursorWrapper) -> bool:
    """Claim first prices for this transaction; False where another process is at it.

    What is read from here on holds every inventory change whose event somebody has left to first prices.
    """
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    if cursor.fetchone() != (True,):
        return False
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COMMITTED])
    return True


def first_prices_await(cursor: CursorWrapper) -> None:
    """Wait until no first prices are under way, and keep new ones from beginning before this transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_COMMITTED])
