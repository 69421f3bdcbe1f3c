#!/bin/sh
# deploy/roll.sh SERVICE...
#
# Replaces a service's containers by new ones without a moment in which none serves: as many new ones are started beside
# the old, and once those are healthy the old are stopped one by one, each with the time to drain that compose.yaml gives.
# For a new image, new settings, or secrets that have changed.
set -eu
cd "$(dirname "$0")/.."

for service in "$@"; do
  old=$(docker compose ps --quiet "$service")
  count=$(printf '%s\n' "$old" | grep -c .)
  echo "roll: $service, $count beside $count"
  docker compose up --detach --wait --no-deps --no-build --no-recreate --scale "$service=$((2 * count))" "$service"
  for container in $old; do
    docker stop "$container" > /dev/null
    docker rm "$container" > /dev/null
  done
done
