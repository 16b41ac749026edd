# `make` lists the targets. What they need and may be installed without asking
# (npm packages, Go modules, and Debian packages where we are root) is installed
# on the way; what may not is named.

SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-builtin-rules --no-print-directory

GO ?= go

# Where `make run` and `make dev` listen and keep their data.
LISTEN         ?= 127.0.0.1:8090
MANAGER_LISTEN ?= 127.0.0.1:8091
DATA           ?= data

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# The binary needs no C library; only the race detector does.
export CGO_ENABLED ?= 0

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##
## Building and running
##

.PHONY: run
run: build ## build, and start the server with its embedded manager and a few real sessions
	bin/baiui serve --demo --listen $(LISTEN) --manager-listen $(MANAGER_LISTEN) --data $(DATA)

.PHONY: dev
dev: web/node_modules/.installed ## the same, rebuilt and reloaded in the browser when a source changes
	$(GO) run ./web/build -dev -- --manager-listen $(MANAGER_LISTEN) --data $(DATA)

.PHONY: build
build: bundle ## build bin/baiui, with the bundle inside
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/baiui ./server

.PHONY: bundle
bundle: web/node_modules/.installed ## build the bundle the browser receives (web/dist)
	$(GO) run ./web/build

web/node_modules/.installed: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing; it fetches the icons (Debian: apt-get install npm)" >&2; exit 1; }
	cd web && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: clean
clean: ## delete what was built (not the data)
	rm -rf bin .build screenshots web/node_modules
	find web/dist -type f ! -name placeholder.txt -delete

##
## Checking
##

.PHONY: check
check: fmt-check vet staticcheck tidy-check cross size test ## everything CI checks

.PHONY: test
test: test-unit test-wasm test-browser test-python ## all tests: Go with the race detector, js/wasm, browser, Python client

# $(call run-tests,FLAGS,PACKAGES) runs Go tests. With RETRY=1 those that fail are
# run again by themselves, twice at most, and named: on a machine that others use
# too, what depends on processes, browsers and deadlines may fail for its load.
# More than a few failures are taken at their word.
ifdef RETRY
export RETRYING := $(GO) tool gotestsum --format pkgname-and-test-fails --rerun-fails=2 --rerun-fails-max-failures=8 --rerun-fails-run-root-test
run-tests = $(RETRYING) --packages="$(2)" -- $(1)
else
run-tests = $(GO) test $(1) $(2)
endif

# The race detector watches what is written in Go. SQLite and the C library it needs
# are C made into Go, and the inside of the standard library's cryptography makes
# password hashes: nothing in them is shared but under the locks of what calls them,
# and watching each of their steps took most of the time of the tests.
RACE := -race $(foreach package,modernc.org/sqlite/lib modernc.org/libc crypto/internal/...,-gcflags=$(package)=-race=false)

.PHONY: test-unit
test-unit: test-tools ## Go tests with the race detector
	@command -v "$$($(GO) env CC)" >/dev/null || { echo "$$($(GO) env CC) is missing; the race detector needs a C compiler (Debian: apt-get install gcc libc6-dev)" >&2; exit 1; }
	CGO_ENABLED=1 $(call run-tests,$(RACE),./...)

# How often `make crash` kills the server.
ROUNDS ?= 100

.PHONY: crash
crash: ## kill the server at random moments, ROUNDS times, and see that it keeps what it promised
	CRASH_ROUNDS=$(ROUNDS) $(GO) test -count=1 -timeout 2h -v -run '^TestAServerThatIsKilledKeepsItsPromises$$' ./server

# Packages whose tests mean the same in js/wasm: those that need no document. The
# environment is emptied because js/wasm programs have room for little of it.
WASM_PACKAGES := ./client/... ./components/i18n ./web/locales

.PHONY: test-wasm
test-wasm: ## the client library's tests compiled for js/wasm, run by Node
	@command -v node >/dev/null || { echo "node is missing; it runs the js/wasm tests (Debian: apt-get install nodejs)" >&2; exit 1; }
	env -i PATH="$$PATH" HOME="$$HOME" GOOS=js GOARCH=wasm \
		$(GO) test -exec "$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec" $(WASM_PACKAGES)

.PHONY: test-browser
test-browser: tools build jupyter ## tests of the whole program in headless Chromium
	BAIUI_BINARY="$(CURDIR)/bin/baiui" JUPYTER="$(JUPYTER)" $(call run-tests,-tags "e2e $$([ -x "$(JUPYTER)/bin/jupyter-notebook" ] && echo jupyter)" -count=1 -timeout 30m,./server/e2e)

# Where the notebook server is that a browser test opens: a virtual environment of
# Python with the package notebook, of the test's own unless another is named.
JUPYTER ?= $(CURDIR)/.build/jupyter

.PHONY: jupyter
jupyter: ## install the notebook server that a browser test opens (.build/jupyter), or say loudly why not
	@[ -x "$(JUPYTER)/bin/jupyter-notebook" ] && exit 0; \
	{ [ "$(JUPYTER)" = "$(CURDIR)/.build/jupyter" ] && python3 -m venv --clear .build/jupyter && \
	.build/jupyter/bin/pip install --quiet --disable-pip-version-check notebook==7.6.5; } || \
	{ echo "*** Jupyter cannot be installed, so the test that opens it in a session is LEFT OUT." >&2; \
	echo "*** It needs python3 with venv (Debian: apt-get install python3-venv) and PyPI, or JUPYTER=/path/of/a/venv." >&2; }

# The published client asks for this very series of Python.
PYTHON_SERIES := 3.12
PYTHON_HOME   := $(CURDIR)/.build/python

.PHONY: test-python
test-python: $(PYTHON_HOME)/.installed build ## the published Python client and `backend.ai` against the embedded manager
	BAIUI_BINARY="$(CURDIR)/bin/baiui" BAIUI_PYTHON="$(PYTHON_HOME)" $(call run-tests,-tags python -count=1 -timeout 5m,./server/conformance)

$(PYTHON_HOME)/.installed: server/conformance/requirements.txt
	@found=; for p in "$${PYTHON:-}" python$(PYTHON_SERIES) "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$(PYTHON_SERIES).*/bin/python python3; do \
		[ -n "$$p" ] && [ "$$("$$p" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = $(PYTHON_SERIES) ] && found="$$p" && break; done; \
	if [ -z "$$found" ]; then \
		echo "Python $(PYTHON_SERIES) with venv is missing: the published Backend.AI client runs on no other" >&2; \
		echo "(pyenv install $(PYTHON_SERIES); another place: PYTHON=/path/to/python$(PYTHON_SERIES))" >&2; exit 1; fi; \
	echo "installing the published client for $$found"; \
	rm -rf $(PYTHON_HOME) && "$$found" -m venv $(PYTHON_HOME) && \
	$(PYTHON_HOME)/bin/pip install --quiet --disable-pip-version-check --no-deps -r server/conformance/requirements.txt
	@touch $@

.PHONY: test-real
test-real: tools build ## tests against a real Backend.AI, brought up for it (Python 3.13, root on Debian, some minutes)
	BAIUI_BINARY="$(CURDIR)/bin/baiui" GO="$(GO)" server/real/run

.PHONY: bench-real
bench-real: tools build ## speed of the page with 20, 200 and 2,000 sessions of a real Backend.AI
	REAL_FIGURES=1 BAIUI_BINARY="$(CURDIR)/bin/baiui" GO="$(GO)" server/real/run

.PHONY: screenshots
screenshots: tools build ## pictures of the page, for people to look at (screenshots/)
	BAIUI_BINARY="$(CURDIR)/bin/baiui" $(GO) test -tags e2e -count=1 -run Screenshots ./server/e2e
	@ls screenshots

.PHONY: bench
bench: tools build ## speed and size of client, proxy, server and page
	BAIUI_BINARY="$(CURDIR)/bin/baiui" $(GO) run ./server/bench

.PHONY: size
size: web/node_modules/.installed ## compare size and imports of the wasm with web/size.json and web/imports.txt
	$(GO) run ./web/build -gate

.PHONY: size-agree
size-agree: web/node_modules/.installed ## write size and imports of the wasm into those files
	$(GO) run ./web/build -agree

.PHONY: fmt
fmt: ## format the Go sources
	gofmt -w $(GO_DIRS)

GO_DIRS := app client components server web/build web/locales $(wildcard web/*.go)

.PHONY: fmt-check
fmt-check:
	@unformatted="$$(gofmt -l $(GO_DIRS))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet: ## go vet, for the host, the browser tests and js/wasm
	$(GO) vet ./...
	$(GO) vet -tags e2e ./server/e2e
	$(GO) vet -tags e2e,cluster ./server/e2e
	$(GO) vet -tags python ./server/conformance
	$(GO) vet -tags real ./server/real
	$(GO) vet -tags figures ./server/real
	GOOS=js GOARCH=wasm $(GO) vet $(WASM_PACKAGES)

.PHONY: staticcheck
staticcheck: ## staticcheck
	$(GO) tool staticcheck ./...

.PHONY: tidy-check
tidy-check:
	$(GO) mod tidy -diff

# What `make cross` compiles for. Sessions need Linux; the rest of the server, the
# client library and the page do not.
CROSS_SYSTEMS := darwin/amd64 darwin/arm64 windows/amd64 windows/arm64 linux/arm64

.PHONY: cross $(CROSS_SYSTEMS:%=cross/%)
cross: $(CROSS_SYSTEMS:%=cross/%) ## compile server and client for the other systems

# Without optimising: whether it compiles is all that is asked.
$(CROSS_SYSTEMS:%=cross/%): cross/%:
	GOOS=$(*D) GOARCH=$(*F) $(GO) build -gcflags=all='-N -l' -o /dev/null ./server
	GOOS=$(*D) GOARCH=$(*F) $(GO) build -gcflags=all='-N -l' ./client/... ./components/... ./app/...

##
## Tools
##

.PHONY: test-tools
test-tools: ## install what the tests of sessions use (bubblewrap, an SSH client), or say what is missing
	@[ "$$(uname -s)" = Linux ] || exit 0; \
	missing=(); \
	command -v bwrap >/dev/null || missing+=(bubblewrap); \
	command -v ssh >/dev/null && command -v sftp >/dev/null || missing+=(openssh-client); \
	if [ $${#missing[@]} -eq 0 ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing $${missing[*]}"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
	else \
		echo "the tests of sessions need: $${missing[*]} (Debian: sudo apt-get install $${missing[*]})" >&2; exit 1; \
	fi

.PHONY: tools
tools: web/node_modules/.installed ## install what the browser tests need (Chromium, a Korean font), or say what is missing
	@missing=(); \
	found=; for c in "$${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do \
		[ -n "$$c" ] && command -v "$$c" >/dev/null && found=1 && break; done; \
	[ -n "$$found" ] || missing+=(chromium); \
	{ command -v fc-list >/dev/null && [ -n "$$(fc-list :lang=ko family)" ]; } || missing+=(fontconfig fonts-noto-cjk); \
	if [ $${#missing[@]} -eq 0 ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing $${missing[*]}"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
	else \
		echo "the browser tests need: $${missing[*]} (Debian: sudo apt-get install $${missing[*]}; another Chromium: CHROMIUM=/path)" >&2; exit 1; \
	fi
