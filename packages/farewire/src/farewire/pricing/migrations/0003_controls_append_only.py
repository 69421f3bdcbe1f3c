"""A control never changes once it was computed: prices name the one they came from."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION pricing_control_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'controls are append-only: compute a new one' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER control_append_only BEFORE UPDATE ON pricing_control
FOR EACH ROW EXECUTE FUNCTION pricing_control_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_offers_immutable")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER control_append_only ON pricing_control; DROP FUNCTION pricing_control_append_only()"),
    ]
