#!/bin/sh
# deploy/rotate-secrets.sh
#
# Gives every database role and Redis user of the composed site a new password while it serves. What is connected stays
# connected; new containers come up with the new passwords before the old ones go. The key that signs hold tokens stays,
# since a new one would void the tokens of active holds: remove secrets/web_secret_key first to change it as well.
# A run that ended midway is made good by another one.
set -eu
cd "$(dirname "$0")/.."
secrets=$(sh deploy/setting.sh FAREWIRE_SECRETS secrets)

fail() { printf 'rotate-secrets: %s\n' "$@" >&2; exit 1; }
psql() { docker compose exec -T postgres psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username=postgres --dbname=postgres; }
# as_operator PASSWORD [COMMAND]: Redis's answers, one a line. Over standard input: a password stands neither in a process list
# nor in a log. redis-cli ends with 0 whatever the server answered to commands that it was sent in this way.
as_operator() { printf 'AUTH operator %s\n%s\n' "$1" "${2:-}" | docker compose exec -T redis redis-cli 2>&1 | grep . || true; }

own=$(sh deploy/secrets.sh --elsewhere "$secrets")
[ -z "$own" ] || fail "these are your own, and no password that is made here would reach their servers:" $own \
  "Change the password there, write it into the file, and run deploy/roll.sh for the services that read it (docs/operations.md)."

# The operator's old password is what Redis knows until it has taken the new users: it is kept until then.
old=$secrets/redis_operator_password.old
operator=
for file in "$old" "$secrets/redis_operator_password"; do
  [ ! -s "$file" ] || [ "$(as_operator "$(cat "$file")")" != OK ] || { operator=$(cat "$file"); break; }
done
[ -n "$operator" ] || fail "Redis takes no operator password that is known here, so nothing was changed." \
  "Have it read $secrets/redis_users.acl again (docker compose restart redis: pages notice for seconds), then run this again."
(umask 077; printf %s "$operator" > "$old")

for name in postgres_password postgres_owner_password postgres_app_password redis_gateway_password redis_worker_password redis_operator_password; do
  rm -f "$secrets/$name"
done
sh deploy/secrets.sh "$secrets"
psql <<SQL
SET log_statement = 'none';
ALTER ROLE postgres PASSWORD '$(cat "$secrets/postgres_password")';
ALTER ROLE farewire_owner PASSWORD '$(cat "$secrets/postgres_owner_password")';
ALTER ROLE farewire_app PASSWORD '$(cat "$secrets/postgres_app_password")';
SQL
# Redis reads its users anew; who is connected stays so, since no user is gone.
answers=$(as_operator "$operator" 'ACL LOAD')
[ "$answers" = "OK
OK" ] && [ "$(as_operator "$(cat "$secrets/redis_operator_password")")" = OK ] || fail "Redis did not take its new users; it answered:" "$answers" \
  "The site still runs, on connections that it has. Run this again; if that says the same: docker compose restart redis" \
  "(it reads $secrets/redis_users.acl; pages notice for seconds), then deploy/roll.sh web pricing-worker ws-gateway."
rm -f "$old"
# New containers on the release that runs, whatever this shell says.
release=$(sh deploy/running.sh)
[ -z "$release" ] || export FAREWIRE_RELEASE="$release"
sh deploy/roll.sh web pricing-worker ws-gateway
