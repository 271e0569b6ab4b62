# uv installs all tools in the versions of uv.lock. Without uv on the PATH, make installs it under .local/.
PORT     ?= 4566
SCOPES   ?= users/read users/write
STAGE    ?= dev
FUNCTION ?=
TAIL     ?= 1000
FOLLOW   ?=
ROUNDS   ?= 15
EVENT    ?=
QUEUE    ?=
SAM_PORT ?= 3000
SAM_LOCAL_FLAGS ?=
MINUTES  ?= 10
WEBHOOK_URL  ?=
WEBHOOK_PORT ?= 4700
ANSWERS  ?= 200
SEED     ?=
COVERAGE ?=
UPGRADE  ?= --upgrade
REQUESTS ?= 10000 1000000 100000000
MEMORY   ?= 512
MILLISECONDS ?=

TOOLS := .local/tools
UV    := $(shell command -v uv || echo $(TOOLS)/uv/bin/uv)
NPM   := $(if $(shell command -v npm),$(TOOLS)/npm/.ready)
RUN   := .venv/bin/python -m
LOCAL := $(RUN) tools.local --port "$(PORT)"
# The stack of STAGE on AWS if STAGE is given, or else the local stack.
OPERATE  = PYTHONPATH=src:layers/common $(RUN) tools.operate --port "$(PORT)" $(if $(filter file,$(origin STAGE)),,--stage "$(CONFIG_ENV)")

.DEFAULT_GOAL := help
.PHONY: help up down reset url token env logs postman newman fuzz webhook-receiver sam-local sam-invoke test test-webhooks test-sam-local check \
  format openapi lock costs bench build deploy redrive smoke clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: tools ## Run the stack on this machine; run it again after an edit (PORT=4566 WEBHOOK_URL=)
	@$(LOCAL) up --webhook-url "$(WEBHOOK_URL)"

down: tools ## Stop the stack and keep its data
	@$(LOCAL) down

reset: tools ## Stop the stack and delete its data
	@$(LOCAL) reset

url: tools ## Print the URL of the API (make -s url prints nothing else)
	@$(LOCAL) url

token: tools ## Print an access token (SCOPES="users/read users/write")
	@$(LOCAL) token --scopes "$(SCOPES)"

env: tools ## Print variables for AWS CLI and SDKs: eval "$(make -s env)"
	@$(LOCAL) env

logs: tools ## Print the newest log lines (FUNCTION=UsersApiFunction TAIL=1000), and new ones with FOLLOW=1
	@exec $(LOCAL) logs --function "$(FUNCTION)" --tail "$(TAIL)" $(if $(FOLLOW),--follow)

postman: tools ## Write a Postman environment for the local stack
	@$(LOCAL) postman

newman: tools ## Run the Postman collection against the local stack (requires npm)
	@$(LOCAL) newman

fuzz: tools $(TOOLS)/fuzz/.ready ## Test the API against its OpenAPI document with generated requests (MINUTES=10 SEED=)
	@MINUTES="$(MINUTES)" SEED="$(SEED)" $(RUN) pytest --capture=no tests/contract

webhook-receiver: tools ## Print the webhooks of the stack (WEBHOOK_PORT=4700 ANSWERS="200 500 429 timeout close half")
	@exec $(RUN) tools.receiver --port "$(PORT)" --listen "$(WEBHOOK_PORT)" --answers "$(ANSWERS)"

sam-local: tools ## Run the API in containers with sam local, on the local stack (SAM_PORT=3000)
	@exec $(LOCAL) sam-local --sam-port "$(SAM_PORT)" --sam-flags="$(SAM_LOCAL_FLAGS)"

sam-invoke: tools ## Run a function in a container (FUNCTION=UserEventsFunction EVENT=events/user_events/user-events.json)
	@exec $(LOCAL) sam-invoke --function "$(FUNCTION)" --event "$(EVENT)" --sam-flags="$(SAM_LOCAL_FLAGS)"

test: tools ## Run every test that requires neither Docker nor AWS
	@$(RUN) pytest -n 2 tests/unit tests/integration --cov --cov-report=term --cov-fail-under=95 $(COVERAGE)
	@$(RUN) pytest -n 2 --dist loadfile tests/e2e

test-webhooks: tools ## Run the tests of webhooks with 200 users and an outage of a minute
	@WEBHOOK_USERS=200 WEBHOOK_DOWN_SECONDS=60 $(RUN) pytest tests/e2e/test_webhooks.py

test-sam-local: tools ## Run the tests of sam local (requires Docker)
	@$(RUN) pytest tests/sam_local

check: tools $(NPM) $(TOOLS)/bandit/.ready $(TOOLS)/checkov/.ready ## Check format, lint, types, the template and security
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(UV) lock --check --quiet
	@for folder in $(LOCKED); do \
	  $(EXPORT)-group $${folder#*/} | diff $$folder/requirements.txt - || { echo "$$folder/requirements.txt differs from uv.lock: run make lock" >&2; exit 1; }; \
	done
	@$(SAM) validate --lint
	@$(TOOLS)/bandit/bin/bandit --quiet --recursive src layers
	@$(TOOLS)/checkov/bin/checkov --file template.yaml
	@$(MAKE) --no-print-directory audit
	@$(LINT_API)

format: tools ## Format the code and apply the linter's fixes
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

openapi: tools ## Write docs/openapi.json from the routes
	@PYTHONPATH=src:layers/common $(RUN) tools.openapi

lock: tools ## Lock the newest versions that pyproject.toml allows (UPGRADE= keeps those of uv.lock)
	$(UV) lock $(UPGRADE)
	for folder in $(LOCKED); do $(EXPORT)-group $${folder#*/} > $$folder/requirements.txt; done

costs: tools ## Print costs per month at list prices (REQUESTS="10000 1000000" MEMORY=512 MILLISECONDS=)
	@$(RUN) tools.costs $(REQUESTS) --architecture $(ARCHITECTURE) --memory $(MEMORY) $(MILLISECONDS:%=--milliseconds %)

bench: tools ## Compare the functions with other implementations (ROUNDS=15)
	@$(RUN) tools.bench --rounds $(ROUNDS)

build: tools ## Build for AWS with the parameters in samconfig.toml (STAGE=dev)
	@PATH="$(BUILD_PATH)" WHEELS=$(ARCHITECTURE) $(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)

smoke: tools ## Test the API of a deployed stack (STAGE=dev, URL=... TOKEN=..., or the local stack)
	@$(OPERATE) smoke

redrive: tools ## Send the messages of a dead-letter queue again (QUEUE=UserEventsDeadLetterQueue STAGE=dev YES=1)
	@$(OPERATE) redrive --queue "$(QUEUE)"

deploy: architecture build ## Deploy to AWS with the credentials in the environment (STAGE=dev)
	@$(SAM) deploy --config-env $(CONFIG_ENV) --no-fail-on-empty-changeset $(if $(CI),--no-confirm-changeset)

.PHONY: architecture
architecture: tools
	@[ "$(ARCHITECTURE)" = "$(DEPLOYED_TO)" ] || { echo "samconfig.toml deploys to $(DEPLOYED_TO): set Architecture=$(ARCHITECTURE) there" >&2; exit 1; }

include tools/new/new.mk

clean: ## Delete builds, tools, caches and local data
	rm -rf .aws-sam .venv .local .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# SAM CLI and MiniStack pin other versions of boto3 than the layer: each has its own environment.
CONFIG_ENV   := $(if $(filter dev,$(STAGE)),default,$(STAGE))
# The architecture of the stage in samconfig.toml: the build must match the deployment.
DEPLOYED_TO   = $(shell $(RUN) tools.build.target $(CONFIG_ENV))
ARCHITECTURE ?= $(DEPLOYED_TO)
BUILD_PATH   := $(CURDIR)/.venv/bin:$(CURDIR)/$(TOOLS)/uv/bin:$(PATH)
SAM          := SAM_CLI_TELEMETRY=0 $(TOOLS)/sam/bin/sam
# Each folder has a requirements.txt with the dependency group of the same name.
LOCKED       := $(patsubst %/requirements.txt,%,$(wildcard layers/*/requirements.txt))
EXPORT       := $(UV) export --quiet --frozen --no-header --no-annotate --only

# The vulnerability database is osv.dev. `uv audit` exits with 1 for findings, and with 2 if it cannot query.
AUDIT        := $(UV) audit --quiet --frozen --preview-features audit-command $(LOCKED:layers/%=--only-group %)

.PHONY: audit
audit: tools
	@report=$$(UV_HTTP_RETRIES=0 $(AUDIT) 2>&1) || { \
	  [ $$? = 2 ] || { echo "$$report" >&2; exit 1; }; \
	  echo "Skipped the audit of the dependencies: osv.dev is not available ($$(echo "$$report" | head -1))" >&2; }

# The linter of docs/openapi.json comes from npm. Without npm, make check skips it with a message.
LINT_API  = command -v npm >/dev/null || { echo "Skipped the linter of docs/openapi.json: npm is not installed" >&2; exit 0; }; \
  report=$$(REDOCLY_TELEMETRY=off $(TOOLS)/npm/node_modules/.bin/redocly lint docs/openapi.json 2>&1) || { echo "$$report" >&2; exit 1; }

.PHONY: tools
tools: $(TOOLS)/.ready

$(TOOLS)/.ready: uv.lock .python-version
	@command -v "$(UV)" >/dev/null || $(MAKE) --no-print-directory $(TOOLS)/uv/bin/uv
	@echo "  Setting up Python and the tools (once) ..." >&2
	@$(UV) sync --quiet --frozen --group dev
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/ministack $(UV) sync --quiet --frozen --only-group local
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/sam $(UV) sync --quiet --frozen --only-group sam
	@touch $@

$(TOOLS)/%/.ready: $(TOOLS)/.ready
	@echo "  Setting up $* (once) ..." >&2
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/$* $(UV) sync --quiet --frozen --only-group $*
	@touch $@

$(TOOLS)/npm/.ready: tools/npm/package-lock.json
	@echo "  Setting up the tools from npm (once) ..." >&2
	@mkdir -p $(@D)
	@cp tools/npm/package.json tools/npm/package-lock.json $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@

$(TOOLS)/uv/bin/uv:
	@echo "  Installing uv ..." >&2
	@for python in python3.13 python3 python; do \
	  $$python -m pip --version >/dev/null 2>&1 || continue; \
	  $$python -m pip install --quiet --disable-pip-version-check --target $(TOOLS)/uv --require-hashes \
	    --only-binary :all: --requirement tools/uv/requirements.txt && exit 0; \
	done; \
	echo "No Python with pip found: install Python 3.13, or uv (https://docs.astral.sh/uv)" >&2; exit 1
