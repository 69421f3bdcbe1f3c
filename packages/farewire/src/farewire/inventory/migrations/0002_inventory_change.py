"""The one statement by which seats move, and the trigger that keeps the ledger append-only."""

from django.db import migrations

CHANGE = """
CREATE FUNCTION inventory_change(
    cabin_ids bigint[], protects integer[], change_kind text,
    authorized_change integer, blocked_change integer, sold_change integer, held_change integer,
    must_be_open boolean, asked_by text
) RETURNS TABLE (cabin_id bigint, done boolean, seats_left integer, seq bigint, cabin_status text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    wanted record;
    changed inventory_cabin;
BEGIN
    -- Ascending ids: whoever changes several cabins takes their locks in one order, so nobody waits in a circle.
    FOR wanted IN SELECT w.id, w.protect FROM unnest(cabin_ids, protects) AS w (id, protect) ORDER BY w.id LOOP
        UPDATE inventory_cabin AS c
           SET authorized = c.authorized + authorized_change, blocked = c.blocked + blocked_change,
               sold = c.sold + sold_change, held = c.held + held_change, seq = c.seq + 1
         WHERE c.id = wanted.id
           AND (NOT must_be_open OR c.status = 'open')
           AND c.authorized + authorized_change - c.blocked - blocked_change - c.sold - sold_change - c.held - held_change >= wanted.protect
        RETURNING c.* INTO changed;
        IF NOT FOUND THEN
            RETURN QUERY SELECT c.id, false, c.authorized - c.blocked - c.sold - c.held, c.seq, c.status
                           FROM inventory_cabin AS c WHERE c.id = wanted.id;
            RETURN;
        END IF;
        INSERT INTO inventory_ledgerentry
               (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
        VALUES (changed.id, changed.seq, change_kind, authorized_change, blocked_change, sold_change, held_change, asked_by);
        INSERT INTO outbox_outboxevent (kind, subject) VALUES ('inventory.changed', changed.leg_id);
        RETURN QUERY SELECT changed.id, true, changed.authorized - changed.blocked - changed.sold - changed.held, changed.seq, changed.status;
    END LOOP;
    PERFORM pg_notify('farewire_outbox', '');
END
$$;
"""

APPEND_ONLY = """
CREATE FUNCTION inventory_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON inventory_ledgerentry
FOR EACH ROW EXECUTE FUNCTION inventory_ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("outbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            CHANGE, "DROP FUNCTION inventory_change(bigint[], integer[], text, integer, integer, integer, integer, boolean, text)"
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER ledger_append_only ON inventory_ledgerentry; DROP FUNCTION inventory_ledger_append_only()"),
    ]
