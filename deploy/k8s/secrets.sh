#!/bin/sh
# deploy/k8s/secrets.sh NAMESPACE [DIRECTORY]
#
# Prints the Secrets that deploy/k8s names, filled from the files that deploy/secrets.sh made, for `kubectl apply -f -`. They
# fit the datastores of the dev overlay; with servers elsewhere, put their addresses into the four …_url files first, or make
# the Secrets by whatever keeps yours (docs/kubernetes.md lists them).
set -eu
namespace=$1
directory=${2:-secrets}

secret() { # secret NAME KEY=FILE…
  name=$1
  shift
  printf '%s\n' '---'
  for pair in "$@"; do
    set -- "$@" "--from-file=${pair%%=*}=$directory/${pair#*=}"
    shift
  done
  kubectl create secret generic "$name" --namespace="$namespace" --dry-run=client --output=yaml "$@"
}

secret farewire-database-owner url=owner_database_url
secret farewire-database-app url=app_database_url
secret farewire-redis-gateway url=gateway_redis_url
secret farewire-redis-worker url=worker_redis_url
secret farewire-web secret-key=web_secret_key
# For the dev overlay's own servers.
secret farewire-postgres postgres_password=postgres_password postgres_owner_password=postgres_owner_password postgres_app_password=postgres_app_password
secret farewire-redis-users redis_users.acl=redis_users.acl
