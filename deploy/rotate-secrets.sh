#!/bin/sh
# deploy/rotate-secrets.sh
#
# Gives every database role and Redis user of the composed site a new password while it serves. What is connected stays
# connected; new containers come up with the new passwords before the old ones go. The key that signs hold tokens stays,
# since a new one would void the tokens of active holds: remove secrets/web_secret_key first to change it as well.
set -eu
cd "$(dirname "$0")/.."
secrets=${FAREWIRE_SECRETS:-secrets}

psql() { docker compose exec -T postgres psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username=postgres --dbname=postgres; }

operator=$(cat "$secrets/redis_operator_password")
for name in postgres_password postgres_owner_password postgres_app_password redis_gateway_password redis_worker_password redis_operator_password; do
  rm -f "$secrets/$name"
done
sh deploy/secrets.sh "$secrets"
# Over standard input: a password stands neither in a process list nor in a log.
psql <<SQL
SET log_statement = 'none';
ALTER ROLE postgres PASSWORD '$(cat "$secrets/postgres_password")';
ALTER ROLE farewire_owner PASSWORD '$(cat "$secrets/postgres_owner_password")';
ALTER ROLE farewire_app PASSWORD '$(cat "$secrets/postgres_app_password")';
SQL
# Redis reads its users anew; who is connected stays so, since no user is gone.
printf 'AUTH operator %s\nACL LOAD\n' "$operator" | docker compose exec -T redis redis-cli -e > /dev/null
sh deploy/roll.sh web pricing-worker ws-gateway
