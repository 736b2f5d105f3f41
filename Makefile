# Everything a developer or a CI machine does here. Needs Python 3.11 or later, make and a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAM_VENV := .local/venvs/sam
CHECKOV_VENV := .local/venvs/checkov
SAM := $(SAM_VENV)/bin/sam
CHECKOV := $(CHECKOV_VENV)/bin/checkov
# The lists are complete: resolving again would take longer, and pip before 23.3 fails on extras and hashes.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

TEMPLATE := template.yaml
TEMPLATES := $(TEMPLATE) observability.yaml
FUNCTION ?= reconcile_instances

# The package is found in the checkout; the local cloud's Lambdas find it in their layer alone.
export PYTHONPATH := layers/dualhome:tools:cli
export SAM_CLI_TELEMETRY := 0
# Sets of strings are walked in an order of its choice; pytest shows it, and a failure can be repeated.
export PYTHONHASHSEED := $(or $(PYTHONHASHSEED),$(shell od -An -N2 -tu2 /dev/urandom | tr -d ' '))

.DEFAULT_GOAL := help
.PHONY: help venv sam up down demo bench live soak check test lint unit contract integration e2e seeds scan invoke lock reference snapshots clean
.PHONY: environments quick-tests all-tests every-fault mixtures
.DELETE_ON_ERROR:

# What does not wait for one another runs at once: installations, then tests, lint and scan.
ifneq ($(filter environments check test,$(MAKECMDGOALS)),)
MAKEFLAGS += --jobs=3
endif

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### Environments, each installed once per change of its pinned list

venv: $(VENV)/installed ## Install what the tests and tools need into .venv
sam: $(SAM_VENV)/installed ## Install the SAM CLI into an environment of its own

environments: $(VENV)/installed $(SAM_VENV)/installed $(CHECKOV_VENV)/installed

$(VENV)/installed: requirements/dev.txt
	$(call create_venv,$(VENV))
	@$(BIN)/python $(PIP_INSTALL) -r requirements/dev.txt
	@printf '%s\n' '$(CURDIR)/tools' '$(CURDIR)/cli' \
	  > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dualhome.pth"
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m dualhome_cli "$$@"\n' \
	  '$(CURDIR)/layers/dualhome' '$(CURDIR)/$(BIN)/python' > $(BIN)/dualhome
	@chmod +x $(BIN)/dualhome
	@touch $@

$(SAM_VENV)/installed: requirements/sam.txt
	$(call create_venv,$(SAM_VENV))
	@$(SAM_VENV)/bin/python $(PIP_INSTALL) -r requirements/sam.txt
	@touch $@

$(CHECKOV_VENV)/installed: requirements/checkov.txt
	$(call create_venv,$(CHECKOV_VENV))
	@$(CHECKOV_VENV)/bin/python $(PIP_INSTALL) --no-compile -r requirements/checkov.txt
	@touch $@

define create_venv
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "dualhome needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
       "Name another one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
@echo "installing $1"
@$(PYTHON) -m venv $1
endef

##### The local cloud

up: $(VENV)/installed $(SAM_VENV)/installed ## Start the local cloud and deploy the stack; AUTH=off: no IAM policies, PACKETS=on: carry packets
	@$(BIN)/python -m localcloud up --template $(TEMPLATE) --stack-name dualhome \
	  $(if $(filter off,$(AUTH)),--no-auth) $(if $(filter on,$(PACKETS)),--packets)

down: ## Stop the local cloud
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m localcloud down; fi

demo: $(VENV)/installed $(SAM_VENV)/installed ## Watch instances become dual-homed, on a local cloud of its own
	@$(BIN)/python -m demo

bench: $(VENV)/installed $(SAM_VENV)/installed ## Measure seconds and EC2 calls on a local cloud; counts are promises. ONLY=attach, AUTH=on
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(filter on,$(AUTH)),--auth)

live: $(VENV)/installed $(SAM_VENV)/installed ## Try in your AWS account what dualhome believes of AWS, for less than a dollar; REGION=, CLEANUP=1, JSON=1
	@$(BIN)/python -m live $(if $(REGION),--region $(REGION)) $(if $(CLEANUP),--cleanup) $(if $(JSON),--json)

soak: $(if $(SEED),,every-fault) mixtures ## Try every fault, then break a stack at random for MINUTES=10; SEED=1: at random from there

every-fault: $(VENV)/installed $(SAM_VENV)/installed
	$(BIN)/pytest tests/faults --whole

mixtures: $(VENV)/installed $(SAM_VENV)/installed
	@$(BIN)/python -m tests.faults.soak $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

invoke: $(VENV)/installed ## Run FUNCTION=reconcile_instances on EVENT=events/x.json against the running local cloud
	@$(BIN)/python -m localcloud.invoke --function $(FUNCTION) --event $(or $(EVENT),$(error say EVENT=events/<file>.json))

##### Checks

check: lint quick-tests ## The quick gate: formats, lint, types, imports, templates, unit and contract tests

quick-tests: $(VENV)/installed
	$(BIN)/pytest tests/unit tests/contract --numprocesses 2 --dist loadgroup

test: lint scan all-tests ## Everything, as CI runs it: check, all tests, coverage, template scan

# Tests of deployed stacks wait more than they compute: three workers keep two cores busy.
all-tests: $(VENV)/installed $(SAM_VENV)/installed
	$(BIN)/pytest --cov --numprocesses 3 --dist loadgroup --hypothesis-profile full

lint: $(VENV)/installed $(SAM_VENV)/installed ## Check formats, lint, types, import contracts and the template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint $(TEMPLATES)
	$(SAM) validate --lint --template $(TEMPLATE) --region us-east-1

unit: $(VENV)/installed ## Rules and use cases, on fakes, without a socket
	$(BIN)/pytest tests/unit

contract: $(VENV)/installed ## Fakes against real adapters; events, rules and template against each other
	$(BIN)/pytest tests/contract

integration: $(VENV)/installed $(SAM_VENV)/installed ## The local cloud and its tools
	$(BIN)/pytest tests/integration

e2e: $(VENV)/installed $(SAM_VENV)/installed ## The deployed template on the local cloud
	$(BIN)/pytest tests/e2e

TESTS ?= tests/unit tests/contract
SEEDS ?= 1 2 3 4 5

seeds: $(VENV)/installed $(SAM_VENV)/installed ## Run TESTS=tests/unit in the orders of SEEDS="1 2 3"; name those that fail
	@for seed in $(SEEDS); do \
	  $(BIN)/pytest $(TESTS) --quiet --randomly-seed=$$seed --numprocesses 3 --dist loadgroup \
	    || failed="$$failed $$seed"; \
	done; \
	echo "failed with seeds:$${failed:- none}"; [ -z "$$failed" ]

scan: $(CHECKOV_VENV)/installed ## Scan the template for security slips
	$(CHECKOV) --file $(TEMPLATES)

##### Housekeeping

COMPILE := $(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
  --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header $(UPGRADE)

lock: $(VENV)/installed ## Pin requirements/*.txt anew from requirements/*.in
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) requirements/sam.in -o requirements/sam.txt
	$(COMPILE) requirements/checkov.in -o requirements/checkov.txt

reference: $(VENV)/installed ## Bring docs/commands.md up to date with the commands' own help
	@$(BIN)/python -m reference

snapshots: $(VENV)/installed ## Write what the command says today into tests/unit/cli/snapshots
	@DUALHOME_WRITE_SNAPSHOTS=1 $(BIN)/pytest --quiet tests/unit/cli

clean: down ## Stop the local cloud and remove all that was made here
	rm -rf .venv .local .aws-sam .coverage htmlcov .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
