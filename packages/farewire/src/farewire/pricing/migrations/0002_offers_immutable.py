"""An offer never changes once it was made; only the moment at which it was superseded is added, once."""

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION pricing_offer_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before pricing_offerversion := OLD;
BEGIN
    before.superseded_at := NEW.superseded_at;
    IF before IS DISTINCT FROM NEW OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at) THEN
        RAISE EXCEPTION 'an offer is immutable: make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER offer_immutable BEFORE UPDATE ON pricing_offerversion
FOR EACH ROW EXECUTE FUNCTION pricing_offer_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]

    operations = [
        migrations.RunSQL(IMMUTABLE, "DROP TRIGGER offer_immutable ON pricing_offerversion; DROP FUNCTION pricing_offer_immutable()"),
    ]
