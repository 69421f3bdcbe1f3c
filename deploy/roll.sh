#!/bin/sh
# deploy/roll.sh SERVICE...
#
# Replaces a service's containers by new ones without a moment in which none serves: as many new ones are started beside
# the old, and once those are healthy the old are stopped one by one, each with the time to drain that compose.yaml gives.
# Where the new ones do not become healthy, they are taken away again and the old serve on. For a new image, new settings, or
# secrets that have changed.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: deploy/roll.sh SERVICE..." >&2; exit 1; }

for service in "$@"; do
  old=$(docker compose ps --quiet "$service")
  [ -n "$old" ] || { echo "roll: no container of $service runs, so there is none to replace; make up starts the site" >&2; exit 1; }
  count=$(printf '%s\n' "$old" | grep -c .)
  echo "roll: $service, $count beside $count"
  # Not --wait, which would wait for the old ones too: what is unhealthy is what most wants to be replaced.
  docker compose up --detach --no-deps --no-build --no-recreate --scale "$service=$((2 * count))" "$service"
  new=$(docker compose ps --all --quiet "$service" | grep -vxF "$old")
  sh deploy/healthy.sh $new || {
    docker rm --force $new > /dev/null
    echo "roll: the new containers of $service did not become healthy and are gone; the old ones stay" >&2
    exit 1
  }
  for container in $old; do
    docker stop "$container" > /dev/null
    docker rm "$container" > /dev/null
  done
done
