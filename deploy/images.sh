#!/bin/sh
# deploy/images.sh RELEASE
#
# Sees to it that a release's images are there, of the services whose profiles are chosen. `dev` is this checkout, whatever it
# is, and is built each time. Any other name is given once: what is missing is built from this checkout where BUILD=1 asks for
# it, and nothing that has a name is built over, or going back to it would no longer lead back.
set -eu
cd "$(dirname "$0")/.."
export FAREWIRE_RELEASE="${1:?usage: deploy/images.sh RELEASE}"
FAREWIRE_REVISION=$(sh deploy/revision.sh)
export FAREWIRE_REVISION

if [ "$FAREWIRE_RELEASE" = dev ]; then
  exec docker compose build
fi
missing=
for image in $(docker compose config --images | sort -u | grep "^farewire-"); do
  docker image inspect "$image" > /dev/null 2>&1 && continue
  case ${image%%:*} in
    farewire-gateway) missing="$missing ws-gateway" ;;
    farewire-pricing) missing="$missing pricing-worker" ;;
    *) service=${image%%:*}; missing="$missing ${service#farewire-}" ;;
  esac
done
[ -n "$missing" ] || exit 0
[ "${BUILD:-}" = 1 ] || {
  echo "images: release $FAREWIRE_RELEASE has no image here for:$missing." \
    "Pull or load it (docker pull, docker load), or add BUILD=1 to build it from this checkout, which then is $FAREWIRE_RELEASE:" \
    "check that release out first." >&2
  exit 1
}
exec docker compose build $missing
