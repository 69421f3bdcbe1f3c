#!/bin/sh
# deploy/secrets.sh [DIRECTORY]
#
# Makes the secrets that compose.yaml mounts, at random, where they are missing; what is there is never changed. What is made
# of passwords follows them: the ACL file, and the four URLs as long as they name compose's own servers. A URL that somebody
# has pointed elsewhere is left alone. The directory is closed to other users of this machine. The files in it can be read by
# all, because compose mounts them as they are and each container reads them under a user id of its own.
#
# deploy/secrets.sh --elsewhere [DIRECTORY] makes nothing and prints the URLs that somebody has pointed elsewhere.
set -eu
only_look=
[ "${1:-}" != --elsewhere ] || { only_look=yes; shift; }
directory=${1:-$(sh "$(dirname "$0")/setting.sh" FAREWIRE_SECRETS secrets)}

# The URLs, each with what is before and after its password.
each_url() { # each_url COMMAND: runs COMMAND FILE PASSWORD BEFORE AFTER
  "$1" owner_database_url postgres_owner_password postgresql://farewire_owner: @postgres:5432/farewire
  "$1" app_database_url postgres_app_password postgresql://farewire_app: @postgres:5432/farewire
  "$1" gateway_redis_url redis_gateway_password redis://gateway: @redis:6379/0
  "$1" worker_redis_url redis_worker_password redis://worker: @redis:6379/0
}
elsewhere() { # elsewhere FILE BEFORE AFTER: whether it is there and not of our own form
  [ -s "$directory/$1" ] || return 1
  url=$(cat "$directory/$1")
  password=${url#"$2"}
  password=${password%"$3"}
  [ "$url" != "$2$password$3" ] || case $password in *[@:/?#]*) true ;; *) false ;; esac
}
look() { ! elsewhere "$1" "$3" "$4" || echo "$1"; }
[ -z "$only_look" ] || { each_url look; exit; }

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
follow() { # follow FILE PASSWORD BEFORE AFTER
  if elsewhere "$1" "$3" "$4"; then
    echo "secrets: $1 is your own and is left as it is"
  else
    printf '%s%s%s' "$3" "$(read_secret "$2")" "$4" | derived "$1"
  fi
}
each_url follow
derived redis_users.acl <<ACL
user default off
user probe on nopass -@all +ping
user operator on >$(read_secret redis_operator_password) ~* &* +@all
user gateway on >$(read_secret redis_gateway_password) ~farewire* &farewire* +@all -@admin -@dangerous +info
user worker on >$(read_secret redis_worker_password) ~farewire* &farewire* +@all -@admin -@dangerous +info
ACL
