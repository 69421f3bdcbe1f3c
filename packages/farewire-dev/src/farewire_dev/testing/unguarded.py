"""The twin of the inventory without its guards, for tests that show what the guards are for.

Only ever in a test's own database, and undone after the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_GUARDS = ("cabin_never_oversold", "cabin_counters_not_negative")
_FUNCTION = "SELECT pg_get_functiondef('inventory_change'::regproc)"
_CHECKS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'inventory_cabin'::regclass AND conname = ANY (%s)"

# What a first draft does: look whether there are seats, then take them. The row lock comes too late.
_LOOK_THEN_TAKE = """
CREATE OR REPLACE FUNCTION inventory_change(
    cabin_ids bigint[], protects integer[], change_kind text,
    authorized_change integer, blocked_change integer, sold_change integer, held_change integer,
    must_be_open boolean, asked_by text
) RETURNS TABLE (cabin_id bigint, done boolean, seats_left integer, seq bigint, cabin_status text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    wanted bigint;
    seen inventory_cabin;
    changed inventory_cabin;
BEGIN
    FOREACH wanted IN ARRAY cabin_ids LOOP
        SELECT c.* INTO seen FROM inventory_cabin AS c WHERE c.id = wanted;
        IF seen.authorized - seen.blocked - seen.sold - seen.held < held_change + sold_change + blocked_change - authorized_change THEN
            RETURN QUERY SELECT seen.id, false, seen.authorized - seen.blocked - seen.sold - seen.held, seen.seq, seen.status;
            RETURN;
        END IF;
        -- Any pause between the two will do: a busy machine has it, a test makes sure of it.
        PERFORM pg_sleep(0.02);
        UPDATE inventory_cabin AS c
           SET authorized = c.authorized + authorized_change, blocked = c.blocked + blocked_change,
               sold = c.sold + sold_change, held = c.held + held_change, seq = c.seq + 1
         WHERE c.id = wanted RETURNING c.* INTO changed;
        INSERT INTO inventory_ledgerentry
               (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
        VALUES (changed.id, changed.seq, change_kind, authorized_change, blocked_change, sold_change, held_change, asked_by);
        RETURN QUERY SELECT changed.id, true, changed.authorized - changed.blocked - changed.sold - changed.held,
                            changed.seq, changed.status;
    END LOOP;
END
$$;
"""


@contextmanager
def inventory_unguarded() -> Iterator[None]:
    """Within the block seats are taken by looking first, in the order asked for, and no CHECK stands behind it.

    Empties the inventory at the end, which no constraint could hold any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        guarded = cursor.fetchone()[0]
        cursor.execute(_CHECKS, [list(_GUARDS)])
        checks = cursor.fetchall()
        if len(checks) != len(_GUARDS):
            raise RuntimeError(f"of the constraints {_GUARDS} the database has {checks}")
        for name, _ in checks:
            cursor.execute(f"ALTER TABLE inventory_cabin DROP CONSTRAINT {name}")
        cursor.execute(_LOOK_THEN_TAKE)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE inventory_cabin CASCADE")
            cursor.execute(guarded)
            for name, definition in checks:
                cursor.execute(f"ALTER TABLE inventory_cabin ADD CONSTRAINT {name} {definition}")
