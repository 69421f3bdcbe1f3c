#!/bin/sh
# deploy/healthy.sh CONTAINER...
#
# Waits until each container is healthy. Ends with 1, and the last that it logged, where one is found unhealthy or is not healthy
# within three minutes.
set -eu
for container in "$@"; do
  deadline=$(($(date +%s) + 180))
  while :; do
    health=$(docker inspect --format '{{.State.Health.Status}}' "$container")
    [ "$health" != healthy ] || break
    if [ "$health" = unhealthy ] || [ "$(date +%s)" -ge "$deadline" ]; then
      docker logs --tail 20 "$container" >&2
      docker inspect --format '{{.Name}} is {{.State.Health.Status}}: {{range .State.Health.Log}}{{.Output}}{{end}}' "$container" >&2
      exit 1
    fi
    sleep 1
  done
done
