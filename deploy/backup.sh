#!/bin/sh
# deploy/backup.sh [DIRECTORY]
#
# Writes one consistent copy of the composed site's database to DIRECTORY (backups), while the site runs, and prints its
# name. PostgreSQL is the only holder of facts: neither Redis nor any service has anything to save. The copy is either
# whole or not there. Keep the secrets/ directory too, and not beside it: hold tokens are signed with its key.
set -eu
cd "$(dirname "$0")/.."
directory=${1:-backups}
sh deploy/secrets.sh --elsewhere | grep -q database_url && { echo "backup: the database is not compose's own; copy it where it is" >&2; exit 1; }
umask 077
mkdir -p "$directory"
name=$directory/farewire-$(date -u +%Y%m%dT%H%M%SZ).dump
trap 'rm -f "$name.part"' EXIT

# Deferrable serializable: it waits for a moment at which no transaction under way could make the copy inconsistent.
docker compose exec -T postgres pg_dump --username=postgres --dbname=farewire --format=custom --compress=6 --serializable-deferrable > "$name.part"
# What cannot be listed cannot be restored.
docker compose exec -T postgres pg_restore --list < "$name.part" > /dev/null
mv "$name.part" "$name"
echo "$name"
