#!/bin/sh
# deploy/upgrade.sh RELEASE [DIRECTORY]
#
# Takes the composed site to a release, or back to the one before, while it serves. Images that are missing are built from this
# checkout only where BUILD=1 asks for it. Migrations only expand (a test holds them to that), so the release before runs on the
# new schema too, and going back is the same command with the older name; nothing is migrated back. A copy is made first,
# where the database is compose's own.
set -eu
cd "$(dirname "$0")/.."
export FAREWIRE_RELEASE="${1:?usage: deploy/upgrade.sh RELEASE [DIRECTORY]}"

# Never `dev` over a `dev` that is there: that would take the way back away.
docker image inspect "farewire-web:$FAREWIRE_RELEASE" "farewire-gateway:$FAREWIRE_RELEASE" "farewire-pricing:$FAREWIRE_RELEASE" \
  > /dev/null 2>&1 || sh deploy/images.sh "$FAREWIRE_RELEASE"
if sh deploy/secrets.sh --elsewhere | grep -q database_url; then
  echo "upgrade: the database is not compose's own, so no copy is made here"
else
  sh deploy/backup.sh "${2:-backups}"
fi
docker compose run --rm --no-deps migrate
sh deploy/roll.sh web pricing-worker ws-gateway
# nginx holds every socket, so it is never replaced: templates that have changed are rendered anew and reloaded.
rendered() { docker compose exec -T nginx sh -c 'cat /etc/nginx/conf.d/*.conf'; }
before=$(rendered)
docker compose exec -T nginx /docker-entrypoint.sh nginx -q -c /etc/nginx/conf.d/nginx.conf -t
[ "$before" = "$(rendered)" ] || docker compose exec -T nginx nginx -c /etc/nginx/conf.d/nginx.conf -s reload
echo "upgrade: runs $FAREWIRE_RELEASE; say FAREWIRE_RELEASE=$FAREWIRE_RELEASE wherever compose is called from now on, for instance in .env"
