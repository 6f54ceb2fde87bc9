# Everything a contributor types. `make` alone lists it.
#
# Two environments share one folder: `make demo` installs only what a run needs (requirements.lock), the targets that
# judge code add the rest (requirements-dev.lock). Both are installed by hash, so the machine gets what was tested.
# A stamp file remembers each installation; a second call does nothing until a lock or pyproject.toml changes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The first Python on the path that is new enough and can make an environment.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; \
	done)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- environment -----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(RUNTIME) ## make the environment a run needs (.venv), from the lock file

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv was not found; say which: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# The project itself is installed last, editable and with the build tools that the lock brought: nothing more is fetched.
# An editable install also copies the rules that a wheel carries; the copy would age beside the clone's own, so it goes.
define install
$(PIP) install --require-hashes -r $(1)
$(PIP) install --no-deps --no-build-isolation --editable .
@rm -rf $(VENV)/lib/python*/site-packages/skiptrace
endef

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $(RUNTIME) $@

.PHONY: deb-packages
deb-packages: ## install what only some tests need of Debian, where it is missing: Chromium, sshd, gpg
	@missing=""; for pair in chromium:chromium sshd:openssh-server gpg:gnupg; do \
		PATH="$$PATH:/usr/sbin" command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; done; \
	if [ -z "$$missing" ]; then echo "chromium, sshd and gpg are installed"; \
	elif ! command -v apt-get >/dev/null; then echo "no apt-get here: install by hand:$$missing" >&2; exit 1; \
	elif [ "$$(id -u)" -ne 0 ]; then echo "not root: run 'sudo make deb-packages'" >&2; exit 1; \
	else apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

# --- use it ----------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(RUNTIME) ## make a sample project in demo-project/, run it, print where the report is
	@$(BIN)/skiptrace demo --out demo-project

.PHONY: report-pictures
report-pictures: $(DEV) demo ## take the pictures of the README, docs/pictures/report-*.png, from the demo's report with the system's Chromium
	@$(BIN)/python -m tests.report.pictures demo-project/runs/latest/report.html docs/pictures

# --- judge it --------------------------------------------------------------------------------------------------------

# Workers and the processes that tests and benches start read compiled modules, even where the shell says that none are to be written.
test test-quick test-long bench-durability bench-nightly bench-plan bench-scale bench-shards: export PYTHONDONTWRITEBYTECODE :=

.PHONY: test
test: $(DEV) ## run every test but the long ones
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m "not long"

.PHONY: test-long
test-long: $(DEV) ## run the tests that run a project several times over
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m long

.PHONY: test-quick
test-quick: $(DEV) ## run the tests that take no more than a few seconds each
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m "not slow and not long"

.PHONY: lint
lint: $(DEV) ## style, weaknesses, types, and the two laws of the house
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml skiptrace jobs deploy
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: rules
rules: $(DEV) ## run the boundary cases of every contact rule, and the test vectors of the research behind them
	@$(BIN)/skiptrace rules test
	@$(BIN)/python -m pytest -q tests/rules/test_vectors.py

.PHONY: rules-mutants
rules-mutants: $(DEV) ## flip every comparison and shift every threshold of every contact rule: some case must fail each time
	@$(BIN)/python -m tests.bench.mutants

.PHONY: rules-properties
rules-properties: $(DEV) ## add every rule and take away every fact over random fact sheets: nothing may ever open (SHEETS= each)
	@$(BIN)/python -m tests.bench.properties

.PHONY: rules-table
rules-table: $(DEV) ## write rules/compliance/README.md, the rulebook as a page to print, anew from the rule files
	@$(BIN)/python -c "from skiptrace.check.rules import markdown_table as page; open('rules/compliance/README.md', 'w').write(page())"

.PHONY: check
check: lint test rules ## lint, test and rules: what must hold before a change is offered

.PHONY: bench
bench: $(DEV) ## measure quality and speed; a table, then one line of JSON (DATA= and PEER= reach it as variables)
	@$(BIN)/python -m tests.bench.run

.PHONY: chaos-points
chaos-points: $(DEV) ## kill a small run at every point of the commit protocol, up to four times (KIND=disk|memory|store SECONDS= PART=1/2 RESULTS= SEED=)
	@$(BIN)/python -m tests.faults.crash_points

.PHONY: chaos-pairs
chaos-pairs: $(DEV) ## two runs of one project at once, without a lock, interleaved at every point of the protocol (KIND= SECONDS= PART= RESULTS= SEED=)
	@$(BIN)/python -m tests.faults.two_runs

# Each tool wants versions of its own of what it shares with the others, so each has its own environment.
ORCHESTRATORS := airflow dagster prefect

.PHONY: test-orchestrators
test-orchestrators: $(DEV) $(ORCHESTRATORS:%=$(VENV)-orchestrators/%/.installed) ## run the examples for Airflow, Dagster and Prefect with those tools
	$(BIN)/python -m pytest -q tests/deploy/test_orchestrators.py

$(VENV)-orchestrators/%/.installed: deploy/orchestrators/%.lock
	test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: bench-normalize
bench-normalize: $(DEV) ## normalisation beside the libraries it must equal: speed, and counts of differences
	@$(BIN)/python -m tests.bench.normalize

.PHONY: bench-intake
bench-intake: $(DEV) ## reading a tape of 25 columns, and what the gate adds (ROWS=)
	@$(BIN)/python -m tests.bench.intake

.PHONY: hostile
hostile: $(DEV) ## the table of hostile inputs, each case by its tests
	@$(BIN)/python -m tests.bench.hostile

.PHONY: bench-integrity
bench-integrity: $(DEV) ## bits of every kind of stored file turned over, and read as the product reads it (FLIPS= of each kind, SEED=)
	@$(BIN)/python -m tests.bench.integrity

.PHONY: bench-canaries
bench-canaries: $(DEV) ## values planted in every personal field, looked for in all that a run leaves and prints, however it ends (KILLS= SEED= ONLY=)
	@$(BIN)/python -m tests.bench.canaries

.PHONY: fuzz
fuzz: $(DEV) ## damaged files against every reader, and what people write and the program keeps (CASES= READERS= RESULTS=)
	@$(BIN)/python -m tests.bench.fuzz

.PHONY: bench-contacts
bench-contacts: $(DEV) ## contact points and scores of a million accounts: CPU seconds and peak memory (ACCOUNTS= SIGHTINGS= PROFILE=1)
	@$(BIN)/python -m tests.bench.contacts

.PHONY: bench-purchase
bench-purchase: $(DEV) ## appraisals and put-back files of sample tapes beside the truth (ACCOUNTS= SEEDS=)
	@$(BIN)/python -m tests.bench.purchase

.PHONY: bench-map
bench-map: $(DEV) ## columns of foreign tapes that are found without a question (DATA=)
	@$(BIN)/python -m tests.bench.mapping

.PHONY: bench-reach
bench-reach: $(DEV) ## scorecards learned from outcomes of a stated model, beside the true probabilities (ACCOUNTS= DRAWS=)
	@$(BIN)/python -m tests.bench.reach

.PHONY: bench-linkage
bench-linkage: $(DEV) ## linkage beside the peer: quality, public sets, speed (DATA= PEER= PEER_PYTHON= ONLY= SETS= CACHE= BIG=1)
	@$(BIN)/python -m tests.bench.linkage

.PHONY: bench-screen
bench-screen: $(DEV) ## screening 5 million situations against the whole rulebook: CPU seconds and memory (ROWS=)
	@$(BIN)/python -m tests.bench.screen

.PHONY: bench-export
bench-export: $(DEV) ## a dialer's file of a million accounts with five points each: CPU seconds and peak memory (ACCOUNTS= PROFILE= PROFILED=1)
	@$(BIN)/python -m tests.bench.export

.PHONY: bench-exchange
bench-exchange: $(DEV) ## uploads and fetches killed at random moments over a real SFTP server, and damaged PGP and age files (KILLS= SEED= SIZE=)
	@$(BIN)/python -m tests.bench.exchange

.PHONY: bench-alerts
bench-alerts: $(DEV) ## alerts of a simulated half year of nights beside the truth, and with BIG=1 what a night's cost for a million accounts (ACCOUNTS= RUNS= STEP= PACE= SEED= KEEP= VERBOSE=1)
	@$(BIN)/python -m tests.bench.alerts

.PHONY: bench-feedback
bench-feedback: $(DEV) ## random months of platforms and an agency that answer, with an oracle of its own (HISTORIES= NIGHTS= SEED= SECONDS= RESULTS=)
	@$(BIN)/python -m tests.bench.feedback

.PHONY: bench-waterfall
bench-waterfall: $(DEV) ## which source to ask next, beside the best fixed order and an oracle, on simulated portfolios; crashed orders (ONLY=quality,speed,crashed SEEDS= ACCOUNTS= BIG= PROJECTS=)
	@$(BIN)/python -m tests.bench.waterfall

.PHONY: bench-help
bench-help: $(DEV) ## CPU seconds of --help, of the program and of each command
	@$(BIN)/python -m tests.bench.help

.PHONY: bench-report
bench-report: $(DEV) ## the report and an account's page: size, seconds, axe, geometry, contrast, paper, values of persons (PROJECT= RUN= ACCOUNTS= ACCOUNT=)
	@$(BIN)/python -m tests.bench.page

.PHONY: bench-windows
bench-windows: $(DEV) ## calling windows against a count of minutes, every pair of US zones over two years (YEARS= PAIRS=)
	@$(BIN)/python -m tests.bench.windows

.PHONY: chaos
chaos: $(DEV) ## kill, stop, starve and damage real runs and compare what they leave; several calls add up (STORE=s3 for a project on an object store, RUNS= SEED= ONLY= RESULTS=)
	@$(BIN)/python -m tests.chaos.$(if $(STORE),on_store,run)

.PHONY: chaos-network
chaos-network: $(DEV) ## the same with delay, loss and cuts between driver, scheduler and workers (RUNS= SEED= RESULTS=)
	@$(BIN)/python -m tests.chaos.network

.PHONY: bench-outside
bench-outside: $(DEV) ## a running cluster seen from another network namespace: ports, and callers who must not be heard (takes root)
	@$(BIN)/python -m tests.bench.outside

.PHONY: bench-durability
bench-durability: $(DEV) ## what receipts, flushes and hashes cost, a resume after a kill, two workers beside one, a simulated schedule of 16 (SIZE= DATA= CACHE= ACCOUNTS= ROWS= ONLY=one,two,killed RESULTS=)
	@$(BIN)/python -m tests.bench.durability

.PHONY: bench-encryption
bench-encryption: $(DEV) ## a run with and without [encryption], in turns: CPU, bytes on disk, and what of a person is left in clear (ACCOUNTS= TURNS= RESULTS=)
	@$(BIN)/python -m tests.bench.encryption

.PHONY: bench-shards
bench-shards: $(DEV) ## the index in shards beside the whole one: CPU, what a task opens, bytes moved, 1, 2 and 4 workers over TLS (DATA= CACHE= SIZE= SHARDS= ONLY=)
	@$(BIN)/python -m tests.bench.shards

.PHONY: bench-plan
bench-plan: $(DEV) ## what `skiptrace plan` says before first and later runs beside what they take (DATA= ONLY= SIZE= BIG=1 CACHE= RESULTS=)
	@$(BIN)/python -m tests.bench.plan

.PHONY: bench-nightly
bench-nightly: $(DEV) ## nights beside full runs on the same files, what a night costs, and the disk of a year of them (NIGHTS= ACCOUNTS= PACE= SEED= RESULTS= ONLY= SIZE= DATA= CACHE=)
	@$(BIN)/python -m tests.bench.nightly

.PHONY: bench-forget
bench-forget: $(DEV) ## canaries that are forgotten, looked for in every byte of a project and its backup; a restore and a migration compared (ACCOUNTS= CANARIES= SEED=)
	@$(BIN)/python -m tests.bench.forget

.PHONY: bench-scale
bench-scale: $(DEV) ## a whole run of a large generated set on worker processes: memory, time and bytes moved (DATA= SIZE= WORKERS= MEMORY= KERNEL=1 CACHE= PROJECT= RESULTS=)
	@$(BIN)/python -m tests.bench.scale

# The match model for projects too small to train their own, learned from the generated population.
.PHONY: shipped-model
shipped-model: $(RUNTIME) ## make rules/linkage/model.json anew
	$(BIN)/python -m jobs.demo.shipped_model rules/linkage/model.json

.PHONY: reference
reference: $(DEV) ## write docs/reference anew: commands, the project file and its JSON Schema, tables
	@$(BIN)/python -m jobs.reference.pages

# --- what it is made of ----------------------------------------------------------------------------------------------

.PHONY: sbom
sbom: $(DEV) ## write dist/skiptrace.cdx.json, the bill of materials of the locked packages that a run needs
	@$(BIN)/python -m jobs.supply.bill

.PHONY: licences
licences: $(DEV) ## judge the licence of every locked package by rules/supply/licences.toml, and write docs/reference/licences.md anew
	@$(BIN)/python -m jobs.supply.licences

.PHONY: audit
audit: $(DEV) ## ask a package index what is known against each locked package; fails where one could not be audited (INDEX=)
	@$(BIN)/python -m jobs.supply.advisories $(if $(INDEX),--index $(INDEX))

.PHONY: phone-table
phone-table: $(RUNTIME) ## compile the table of phone numbers from the installed phone library
	@$(BIN)/python -m skiptrace.normalize.phone_table

# --- release ---------------------------------------------------------------------------------------------------------

.PHONY: wheel
wheel: $(DEV) ## build the source archive and the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

# The wheel must carry its rules: it is tried outside the clone, where nothing else could provide them.
.PHONY: wheel-check
wheel-check: wheel ## build the wheel and try it in a fresh environment outside the clone
	@place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && chmod 700 "$$place" && \
	$(PYTHON) -m venv "$$place/env" && \
	"$$place/env/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
	"$$place/env/bin/python" -m pip install -q --disable-pip-version-check --no-deps dist/*.whl && \
	cd "$$place" && "$$place/env/bin/skiptrace" rules test && "$$place/env/bin/skiptrace" demo --out demo-project && \
	echo "the wheel works outside the clone"

# Locks list every file of every pinned version by hash and name no address: whoever installs decides where from.
# Configured extra indexes and folders are left out, or the hashes would be those of one machine's copies.
LOCK := PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= CUSTOM_COMPILE_COMMAND="make lock" \
	$(VENV)-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options $(LOCK_OPTIONS)

.PHONY: lock
lock: ## write the lock files anew for Python 3.11 (LOCK_OPTIONS=--upgrade takes the newest versions)
	test -x $(VENV)-lock/bin/pip-compile || { python3.11 -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install -q pip-tools; }
	$(LOCK) --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(LOCK) --build-deps-for editable --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	for tool in $(ORCHESTRATORS); do $(LOCK) --output-file deploy/orchestrators/$$tool.lock deploy/orchestrators/$$tool.in || exit 1; done
	@! grep -nE '://|--(extra-)?index-url|--find-links|--trusted-host| @ ' requirements.lock requirements-dev.lock deploy/orchestrators/*.lock

.PHONY: clean
clean: ## remove everything that make and the tools have made
	rm -rf $(VENV) $(VENV)-lock $(VENV)-orchestrators demo-project dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find skiptrace jobs tests -name __pycache__ -type d -prune -exec rm -rf {} +
