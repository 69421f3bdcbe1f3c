#!/bin/sh
# deploy/setting.sh NAME DEFAULT
#
# What compose takes for a variable: the environment's value, else the one in .env beside compose.yaml, else the default. So
# that Makefile and scripts mean the same directory and the same release as compose does.
set -eu
cd "$(dirname "$0")/.."
value=$(printenv "$1" || true)
[ -n "$value" ] || [ ! -r .env ] || value=$(sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1=//p" .env | tail -n 1 | sed "s/[[:space:]]*\$//; s/^\([\"']\)\(.*\)\1\$/\2/")
printf '%s\n' "${value:-$2}"
