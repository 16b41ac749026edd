# `make` lists the targets. Everything they need that may be installed without
# asking (npm packages, Go modules) is installed on the way.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-builtin-rules

GO      ?= go
LISTEN  ?= 127.0.0.1:8090
MANAGER_LISTEN ?= 127.0.0.1:8091
DATA    ?= data

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

export CGO_ENABLED ?= 0

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build and start the server with the embedded manager and a few sessions
	bin/baiui serve --demo --listen $(LISTEN) --manager-listen $(MANAGER_LISTEN) --data $(DATA)

.PHONY: build
build: bundle ## build bin/baiui, the bundle inside
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/baiui ./server

.PHONY: bundle
bundle: web/node_modules/.installed ## build the bundle the browser receives (web/dist)
	$(GO) run ./web/build

web/node_modules/.installed: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: it fetches the icons (Debian: apt-get install npm)" >&2; exit 1; }
	cd web && npm ci --no-fund --no-audit --loglevel=error
	touch $@
