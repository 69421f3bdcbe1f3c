#!/bin/sh
# deploy/running.sh
#
# Prints the release that web's containers run, whatever this shell says; nothing where none runs.
set -eu
cd "$(dirname "$0")/.."
image=$(docker inspect --format '{{.Config.Image}}' "$(docker compose ps --quiet web | head -n 1)" 2> /dev/null || true)
printf '%s\n' "${image##*:}"
