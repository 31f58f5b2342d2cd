# Every target sets up what it needs, is safe to repeat, and is fast the second time.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# The interpreter that .venv is made with: `make setup PYTHON=python3.13`. Else the first one of these that is new enough.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
TOOLS := tools/node_modules
PACKAGES := node_modules
CLIENT := clients/typescript/dist
PEERS := benchmarks/peers/node/node_modules
PLAIN := examples/tools/node_modules
# More arguments for the command that a target ends in: `make test ARGS="-k billing"`.
ARGS ?=

# `##!` marks the first day's targets, `##` what comes up in most weeks, `###` the rest.
SHOWN = grep -hE '^[a-z-]+:.* $(1) ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.* $(1) (.*)/  make \1\t\2/' | expand -t 22

.PHONY: help
help: ## this list; `make help-all` has every target
	@$(call SHOWN,##!)
	@echo
	@$(call SHOWN,##)

.PHONY: help-all
help-all:
	@$(MAKE) --no-print-directory help
	@echo
	@$(call SHOWN,###)

.PHONY: setup
setup: .venv/.ready ### make .venv with the locked packages and this project in it

.PHONY: shell
shell: .venv/.ready ## a shell that finds both commands
	@echo "evershell-mock and evershell-conformance are commands here; exit leaves this shell."
	@PATH="$(CURDIR)/$(BIN):$$PATH" VIRTUAL_ENV="$(CURDIR)/.venv" exec "$${SHELL:-bash}"

.PHONY: conformance
conformance: .venv/.ready ##! judge the mock; writes reports/conformance.html
	@mkdir -p reports
	$(BIN)/evershell-conformance run --target mock --verbose --report html=reports/conformance.html $(ARGS)

.PHONY: mock
mock: .venv/.ready ##! serve the mock on http://127.0.0.1:4010/v1
	@exec $(BIN)/python tools/foreground $(BIN)/evershell-mock serve $(ARGS)

# glibc takes large buffers from its heap once one was freed, and that heap does not shrink: it is told to go on mapping
# them. tests/conftest.py lets no process that a test starts have this from it.
TEST := MALLOC_MMAP_THRESHOLD_=1048576 $(BIN)/pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal --durations=50 --durations-min=1

.PHONY: test
test: .venv/.ready tools plain ##! run the tests of every change
	$(TEST) -m "not long and not thorough" $(ARGS)

.PHONY: test-ci
test-ci: .venv/.ready tools plain ### run what .ci/run has beside make test: the wheel, npm, HAProxy, axe
	$(TEST) -m "ci and not long" $(ARGS)

.PHONY: test-all
test-all: .venv/.ready tools plain ### run every test there is, those of make long too
	$(TEST) -m "" $(ARGS)

.PHONY: long
long: .venv/.ready ### run the tests that take long
	$(BIN)/pytest -n auto -m long $(ARGS)

.PHONY: lint
lint: .venv/.ready tools ## ruff, mypy, prettier, and the contract in three linters
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/openapi-spec-validator openapi.yaml
	tools/lint-contract openapi.yaml
	tools/format-console --check
	$(BIN)/python tools/contract-step

.PHONY: contract-diff
contract-diff: .venv/.ready ### whether info.version keeps up with what openapi.yaml has changed since its last step
	$(BIN)/python tools/contract-step

.PHONY: audit
audit: .venv/.ready ### ask the advisory databases about every pinned package
	$(BIN)/python tools/audit requirements.lock

.PHONY: sbom
sbom: .venv/.ready ### the bill of materials of requirements.lock, as CycloneDX: build/sbom.json
	$(BIN)/python -m tools.supply.sbom build/sbom.json

.PHONY: dist
dist: .venv/.ready ### a release: sdist, wheel, bill of materials, licences, checksums: dist/
	$(BIN)/python -m tools.supply.dist dist

.PHONY: format
format: .venv/.ready tools ## let ruff and prettier rewrite what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	tools/format-console --write

.PHONY: bench
bench: .venv/.ready peers ## measure the mock beside its peers: docs/performance.md
	$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-full
bench-full: .venv/.ready peers ### make bench with more rounds, every size, and a million requests of each call
	$(BIN)/python -m benchmarks --full $(ARGS)

.PHONY: bench-smoke
bench-smoke: .venv/.ready ### a minute of make bench beside the committed ratios: warns where one is worse
	$(BIN)/python -m benchmarks.smoke

.PHONY: bench-inside
bench-inside: .venv/.ready ### the CPU time of a request inside the process, and where it goes
	$(BIN)/python -W ignore -m benchmarks.inside $(ARGS)

.PHONY: bench-hidden
bench-hidden: .venv/.ready ### whether the time of a 404 tells a private pack from one that is not there
	$(BIN)/python -m benchmarks.hidden $(ARGS)

.PHONY: mutants
mutants: .venv/.ready ## judge the mock with each planted defect
	$(BIN)/python -m benchmarks.mutants $(ARGS)

.PHONY: mutants-quick
mutants-quick: .venv/.ready ### make mutants, each stopped at its first finding
	$(BIN)/python -m benchmarks.mutants --quick --clean-seeds 1 $(ARGS)

.PHONY: mutants-compare
mutants-compare: .venv/.ready plain ### the same defects for plain Schemathesis, Specmatic and Dredd
	$(BIN)/python -m benchmarks.mutants.compare $(ARGS)

.PHONY: lies
lies: .venv/.ready ### judge the mock with one lie about its answers after the other
	$(BIN)/python -m benchmarks.lies $(ARGS)

.PHONY: mutants-source
mutants-source: .venv/.ready ### judge a right server with one small change of its source after the other
	$(BIN)/python -m benchmarks.source_mutants $(ARGS)

.PHONY: recorded
recorded: .venv/.ready ### judge the recording of a front end on the mock with each planted defect
	$(BIN)/python -m benchmarks.recorded $(ARGS)

.PHONY: hardening
hardening: .venv/.ready ### try to break mock, proxy, run and load: docs/reliability.md
	$(BIN)/python -m benchmarks.hardening fuzz
	$(BIN)/python -m benchmarks.hardening history
	$(BIN)/python -m benchmarks.hardening resets
	$(BIN)/python -m benchmarks.hardening power
	$(BIN)/python -m benchmarks.hardening slow
	$(BIN)/python -m benchmarks.hardening proxy
	$(BIN)/python -m benchmarks.hardening tls
	$(BIN)/python -m benchmarks.hardening load

.PHONY: soak
soak: .venv/.ready ### load a mock for an hour, and reload another: make soak ARGS="--minutes 5"
	$(BIN)/python -m benchmarks.hardening soak $(ARGS)

# Builds anew each time, in a few seconds.
.PHONY: docs
docs: .venv/.ready ## guides, contract and figures as a site: build/site/html
	$(BIN)/python -m tools.site

.PHONY: console-shots
console-shots: .venv/.ready ### a picture of each view of the console, light and dark: reports/console/
	$(BIN)/python -m tests.mock_server.console.shots

.PHONY: client
client: tools ### pack clients/typescript anew as the mock serves it: mock_server/console/client_package
	tools/pack-client

PIN := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.PHONY: lock
lock: .venv/.ready ### pin the dependencies again: requirements.lock, and of them the mock's own
	$(PIN) --extra suite --output-file requirements.lock $(ARGS) pyproject.toml requirements-dev.in
	$(PIN) --no-annotate --constraint requirements.lock --output-file requirements-mock.lock pyproject.toml

.PHONY: clean
clean: ## remove all that make made
	rm -rf .venv $(TOOLS) $(PACKAGES) $(CLIENT) $(PEERS) $(PLAIN) reports build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Node's tools are optional on a developer's machine: what needs them says that it was skipped.
.PHONY: tools peers
.PHONY: plain
ifneq ($(shell command -v npm),)
tools: $(TOOLS)/.ready $(CLIENT)/.ready
plain: $(PLAIN)/.ready
peers: $(PEERS)/.ready
else
tools plain peers: ;
endif

.venv/.python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; name one: make setup PYTHON=/path/to/python3" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.locked: requirements.lock | .venv/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

.venv/.ready: pyproject.toml .venv/.locked
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(TOOLS)/.ready: tools/package-lock.json tools/.npmrc
$(PACKAGES)/.ready: package-lock.json .npmrc
$(PLAIN)/.ready: examples/tools/package-lock.json examples/tools/.npmrc
$(PEERS)/.ready: benchmarks/peers/node/package-lock.json benchmarks/peers/node/.npmrc
$(TOOLS)/.ready $(PACKAGES)/.ready $(PEERS)/.ready $(PLAIN)/.ready:
	cd $(dir $<) && npm ci --no-progress --loglevel=error
	@touch $@

$(CLIENT)/.ready: $(shell find clients/typescript/src -name '*.ts') $(addprefix clients/typescript/,package.json tsconfig.json) | $(PACKAGES)/.ready
	npm run --silent build --workspace clients/typescript
