# One target per habit. Everything is repeatable: a step whose inputs have not changed takes no time.

SHELL := /bin/sh
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
IN_VENV := .venv/bin/python
# Only asked for when a target needs it; name another with `make PYTHON=…`.
FIND_PYTHON = $$(PYTHON='$(PYTHON)' sh tools/python.sh)

.PHONY: help setup build run test check format lock browser bench-peers bench-sync bench-coverage bench-coverage-truth bench-cases crash deliveries kill faults endurance sim sim-replay sim-mutants

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## Make the Python environment and install the front end's tools
	@python=$(FIND_PYTHON) && "$$python" tools/setup.py

build: setup ## Build the phone app and the desk's modules
	@$(IN_VENV) tools/build.py

run: build ## Create and fill an embedded database, and serve at http://127.0.0.1:8000
	$(IN_VENV) -m fieldapp upgrade
	$(IN_VENV) -m fieldapp demo load --if-empty
	$(IN_VENV) -m fieldapp serve --with-worker

test: build browser ## Run every check and every test, with a browser and a PostgreSQL
	@$(IN_VENV) tools/checks.py all

check: build ## Run the quick checks and tests
	@$(IN_VENV) tools/checks.py quick

crash: build ## Stop server and page at every single step of sending and saving
	ROND_TEST_CRASH_EVERY=1 $(IN_VENV) -m pytest -q -n auto --timeout 3600 tests/sync/test_crash_points_push.py tests/sync/test_crash_points_photos.py tests/faults/test_cut_connections.py
	.venv/bin/node node_modules/vitest/vitest.mjs run static/pwa/src/store/crash.test.ts

KILLS = 200
DATABASE = both

kill: build ## Kill the server under load: KILLS=200 DATABASE=sqlite, postgresql or both
	ROND_TEST_KILLS=$(KILLS) $(IN_VENV) -m pytest -q --log-cli-level INFO tests/faults/test_killed_server.py $(if $(filter both,$(DATABASE)),,-k $(DATABASE:postgresql=postgres))

faults: build browser ## Let the network, the browser and its storage fail under a round, at length
	ROND_TEST_FAULTS=long $(IN_VENV) -m pytest -q -rP --timeout 1800 tests/browser/faults tests/browser/webkit

DELIVERIES = 1000

deliveries: build ## Hand cases over in bad weather: DELIVERIES=1000 seeded schedules an adapter, one order each
	ROND_TEST_DELIVERIES=$(DELIVERIES) $(IN_VENV) -m pytest -q --timeout 3600 tests/export/test_open311_faults.py

SCHEDULES = 10000
SEED = 1
SIMULATION = $(IN_VENV) -m tests.simulation.run

sim: setup ## Play phones and server against each other: SCHEDULES=10000 DATABASE=sqlite, postgresql or both, SEED=1
	$(SIMULATION) sim --schedules $(SCHEDULES) --database $(DATABASE) --seed $(SEED)

sim-replay: setup ## Play one schedule again and print all that happens: DATABASE=sqlite SEED=17
	$(SIMULATION) replay --database $(DATABASE:both=sqlite) --seed $(SEED)

sim-mutants: setup ## Put each known fault into the code and tell how many schedules it takes to find it
	$(SIMULATION) mutants --remember --schedules $(SCHEDULES) --database $(DATABASE:both=sqlite)

endurance: build browser ## Gather for three days without a network, then send 500 records and 1,000 photos over a poor line
	ROND_TEST_ENDURANCE=long $(IN_VENV) -m pytest -q -s tests/browser/faults/test_endurance.py

format: setup ## Bring all code into its format
	$(IN_VENV) -m ruff check --fix-only --quiet .
	$(IN_VENV) -m ruff format .
	.venv/bin/node node_modules/@biomejs/biome/bin/biome check --write .

browser: setup ## Find the browsers for the tests, or install them
	@printf '» browser for the tests: ' && $(IN_VENV) tools/browser.py

bench-peers: setup ## Install what is measured beside the product, into .build/bench
	$(IN_VENV) -m bench.peers

bench-sync: build ## Measure sync beside peers: bench/results/sync.json and a table (less with BENCH="--only W1 --rounds 1")
	@$(IN_VENV) -m bench.sync $(BENCH)

bench-coverage: setup ## Measure the coverage engine beside a spatial index, and the pages of coverage: bench/results/coverage.json, review.json
	@$(IN_VENV) -m bench.coverage $(BENCH); engine=$$?; $(IN_VENV) -m bench.review && exit $$engine

bench-coverage-truth: setup ## Hold coverage to simulated walks of known truth: bench/results/coverage-truth.json and a table
	@$(IN_VENV) -m bench.coverage_truth $(BENCH)

bench-cases: setup ## Measure the pages of cases at 100,000 cases on both databases: bench/results/cases.json and a table
	@$(IN_VENV) -m bench.cases $(BENCH)

lock: setup ## Write the lock files anew from requirements*.in and package.json
	@$(IN_VENV) tools/lock.py
