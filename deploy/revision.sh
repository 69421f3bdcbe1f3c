#!/bin/sh
# deploy/revision.sh
#
# Prints the commit that images are labelled with: what FAREWIRE_REVISION says, else that of the checkout.
set -eu
cd "$(dirname "$0")/.."
exec sh deploy/setting.sh FAREWIRE_REVISION "$(git rev-parse HEAD 2> /dev/null || echo unknown)"
