#!/bin/sh
# deploy/restore.sh FILE
#
# Puts the composed site back to a copy that deploy/backup.sh made, also on a machine whose volumes are new. The copy is
# restored beside the present database and takes its place only when it is whole; the present one is kept under the name
# that is printed. Visitors see "back in a moment" meanwhile. Older copies are migrated to the release that runs. Which
# project's database that is says COMPOSE_PROJECT_NAME, and the first lines of the output: until the site pauses, an interrupt
# changes nothing.
set -eu
cd "$(dirname "$0")/.."
file=${1:?usage: deploy/restore.sh FILE}
[ -r "$file" ] || { echo "restore: $file cannot be read" >&2; exit 1; }
sh deploy/secrets.sh --elsewhere | grep -q database_url && { echo "restore: the database is not compose's own; restore it where it is" >&2; exit 1; }

psql() { docker compose exec -T postgres psql --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 --username=postgres "$@"; }

docker compose up --detach --wait --no-deps --no-recreate postgres redis
project=$(docker compose config | sed -n 's/^name: //p')
# The very containers are stopped and started again: as many as there are, on the release that they run.
serving=$(docker compose ps --quiet web pricing-worker)
release=$(sh deploy/running.sh)
[ -z "$release" ] || export FAREWIRE_RELEASE="$release"
echo "restore: project $project, whose database farewire is replaced$(psql --dbname=farewire 2> /dev/null <<'SQL' || true
SELECT format(': %s, %s active holds', pg_size_pretty(pg_database_size('farewire')), count(*)) || coalesce(', the newest of ' || max(created_at), '')
  FROM bookings_hold WHERE state = 'active';
SQL
)"
echo "restore: reads $file ($(wc -c < "$file") bytes)"
psql --dbname=postgres -c 'DROP DATABASE IF EXISTS farewire_restoring' -c 'CREATE DATABASE farewire_restoring OWNER farewire_owner TEMPLATE template0'
docker compose exec -T postgres pg_restore --username=postgres --dbname=farewire_restoring --single-transaction --exit-on-error < "$file"
psql --dbname=postgres -c 'REVOKE ALL ON DATABASE farewire_restoring FROM PUBLIC' -c 'GRANT CONNECT, TEMPORARY ON DATABASE farewire_restoring TO farewire_app'
psql --dbname=farewire_restoring < deploy/postgres/versions-anew.sql
psql --dbname=farewire_restoring -c ANALYZE

echo "restore: the site pauses"
paused=yes
resume() {
  status=$?
  [ -n "$paused" ] || exit "$status"
  echo "restore: FAILED; the database of before is opened again and the site goes on with it, where it had not been replaced yet" >&2
  psql --dbname=postgres -c 'ALTER DATABASE farewire ALLOW_CONNECTIONS true' || true
  [ -z "$serving" ] || docker start $serving > /dev/null
  exit "$status"
}
trap resume EXIT
trap 'exit 130' INT TERM
[ -z "$serving" ] || docker stop $serving > /dev/null
kept=farewire_before_$(date -u +%Y%m%dT%H%M%SZ | tr '[:upper:]' '[:lower:]')
# Both names change in one transaction, or neither.
psql --dbname=postgres > /dev/null <<SQL
ALTER DATABASE farewire ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = 'farewire';
BEGIN;
ALTER DATABASE farewire RENAME TO $kept;
ALTER DATABASE farewire_restoring RENAME TO farewire;
COMMIT;
SQL
docker compose restart redis
docker compose run --rm --no-deps migrate
paused=
if [ -n "$serving" ]; then
  docker start $serving > /dev/null
  sh deploy/healthy.sh $serving || { echo "restore: restored, but not everything is healthy" >&2; exit 1; }
else
  echo "restore: neither web nor a worker ran; make up starts the site"
fi
echo "restore: done; the database of before is $kept, until you drop it"
