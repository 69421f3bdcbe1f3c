#!/bin/sh
# deploy/restore.sh FILE
#
# Puts the composed site back to a copy that deploy/backup.sh made, also on a machine whose volumes are new. The copy is
# restored beside the present database and takes its place only when it is whole; the present one is kept under the name
# that is printed. Visitors see "back in a moment" meanwhile. Older copies are migrated to the release that runs.
set -eu
cd "$(dirname "$0")/.."
file=${1:?usage: deploy/restore.sh FILE}
[ -r "$file" ] || { echo "restore: $file cannot be read" >&2; exit 1; }

psql() { docker compose exec -T postgres psql --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 --username=postgres "$@"; }

docker compose up --detach --wait --no-recreate postgres redis
echo "restore: reading $file"
psql --dbname=postgres -c 'DROP DATABASE IF EXISTS farewire_restoring' -c 'CREATE DATABASE farewire_restoring OWNER farewire_owner TEMPLATE template0'
docker compose exec -T postgres pg_restore --username=postgres --dbname=farewire_restoring --single-transaction --exit-on-error < "$file"
psql --dbname=postgres -c 'REVOKE ALL ON DATABASE farewire_restoring FROM PUBLIC' -c 'GRANT CONNECT, TEMPORARY ON DATABASE farewire_restoring TO farewire_app'
# Open pages, gateways and Redis keep the highest version of a flight that they have seen. The copy's are older than some
# of those, so each begins anew above anything that can have been shown since the copy was made.
psql --dbname=farewire_restoring <<'SQL'
UPDATE pricing_flightstate SET
  version = version + 1000000, published_version = published_version + 1000000,
  document = jsonb_set(document, '{version}', to_jsonb(version + 1000000));
ANALYZE;
SQL

echo "restore: the site pauses"
docker compose stop web pricing-worker
kept=farewire_before_$(date -u +%Y%m%dT%H%M%SZ | tr '[:upper:]' '[:lower:]')
# Both names change in one transaction, or neither.
psql --dbname=postgres <<SQL
ALTER DATABASE farewire ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = 'farewire';
BEGIN;
ALTER DATABASE farewire RENAME TO $kept;
ALTER DATABASE farewire_restoring RENAME TO farewire;
COMMIT;
SQL
docker compose restart redis
docker compose run --rm --no-deps migrate
docker compose up --detach --wait --no-deps web pricing-worker
echo "restore: done; the database of before is $kept, until you drop it"
