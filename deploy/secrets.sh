#!/bin/sh
# deploy/secrets.sh [DIRECTORY]
#
# Makes the secrets that compose.yaml mounts, at random, where they are missing; what is there is never changed. The
# directory is closed to other users of this machine. The files in it can be read by all, because compose mounts them
# as they are and each container reads them under a user id of its own.
set -eu
directory=${1:-secrets}
umask 077
mkdir -p "$directory"
chmod 700 "$directory"

word() { # word LENGTH: letters and digits, which need no escaping in a URL, in SQL or in an ACL file
  LC_ALL=C tr -dc 'A-Za-z0-9' < /dev/urandom | head -c "$1"
}
write() { # write NAME: standard input becomes the secret; in place, so that a container that mounts the file sees it
  new=$(cat; printf .)
  new=${new%.}
  [ -e "$directory/$1" ] && [ "$(cat "$directory/$1"; printf .)" = "$new." ] && return
  printf '%s' "$new" > "$directory/$1"
  chmod 644 "$directory/$1"
}
secret() { # secret NAME LENGTH
  [ -s "$directory/$1" ] || { word "$2" | write "$1"; echo "secrets: made $1"; }
}
derived() { # derived NAME: follows the secrets that it is made of
  write "$1"
}

for name in postgres_password postgres_owner_password postgres_app_password redis_gateway_password redis_worker_password \
            redis_operator_password grafana_password; do
  secret "$name" 40
done
secret web_secret_key 64

read_secret() { cat "$directory/$1"; }
printf 'postgresql://farewire_owner:%s@postgres:5432/farewire' "$(read_secret postgres_owner_password)" | derived owner_database_url
printf 'postgresql://farewire_app:%s@postgres:5432/farewire' "$(read_secret postgres_app_password)" | derived app_database_url
printf 'redis://gateway:%s@redis:6379/0' "$(read_secret redis_gateway_password)" | derived gateway_redis_url
printf 'redis://worker:%s@redis:6379/0' "$(read_secret redis_worker_password)" | derived worker_redis_url
derived redis_users.acl <<ACL
user default off
user probe on nopass -@all +ping
user operator on >$(read_secret redis_operator_password) ~* &* +@all
user gateway on >$(read_secret redis_gateway_password) ~farewire* &farewire* +@all -@admin -@dangerous +info
user worker on >$(read_secret redis_worker_password) ~farewire* &farewire* +@all -@admin -@dangerous +info
ACL
