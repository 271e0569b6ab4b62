# Everything is run by uv from the versions in uv.lock. If there is no uv, one is put under .local/.
PORT     ?= 4566
SCOPES   ?= users/read users/write
STAGE    ?= dev
FUNCTION ?=
ROUNDS   ?= 15
EVENT    ?=
SAM_PORT ?= 3000
SAM_LOCAL_FLAGS ?=
MINUTES  ?= 10
SEED     ?=

TOOLS := .local/tools
UV    := $(shell command -v uv || echo $(TOOLS)/uv/bin/uv)
RUN   := .venv/bin/python -m
LOCAL := $(RUN) local --port "$(PORT)"
CLIENTS := $(RUN) local.clients --port "$(PORT)"

.DEFAULT_GOAL := help
.PHONY: help up down reset url token aws-env logs postman newman fuzz sam-local sam-invoke test test-sam-local check \
  format generate lock bench build deploy clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: tools ## Run the whole stack on this machine; again after an edit (PORT=4566)
	@$(LOCAL) up

down: tools ## Stop it; its data stay
	@$(LOCAL) down

reset: tools ## Stop it and delete its data
	@$(LOCAL) reset

url: tools ## Print the URL of the API, alone with make -s
	@$(LOCAL) url

token: tools ## Print an access token (SCOPES="users/read users/write")
	@$(LOCAL) token --scopes "$(SCOPES)"

aws-env: tools ## Print what points AWS tools at it, for eval
	@$(LOCAL) aws-env

logs: tools ## Print the structured logs (FUNCTION=UsersApiFunction for one function)
	@$(LOCAL) logs --function "$(FUNCTION)"

postman: tools ## Write an environment for Postman, with the URL and the client of the local stack
	@$(CLIENTS) postman

newman: tools ## Send the requests of the Postman collection to the local stack (needs npm)
	@$(CLIENTS) newman

fuzz: tools $(TOOLS)/fuzz/.ready ## Hold the API against its description with made-up requests (MINUTES=10 SEED=)
	@$(CLIENTS) fuzz --minutes "$(MINUTES)" $(if $(SEED),--seed "$(SEED)")

sam-local: tools ## Run the API in containers over what make up runs, by sam local (SAM_PORT=3000)
	@exec $(LOCAL) sam-local --sam-port "$(SAM_PORT)" --sam-flags="$(SAM_LOCAL_FLAGS)"

sam-invoke: tools ## Run a function in a container (FUNCTION=CleanupFunction EVENT=events/cleanup.json)
	@exec $(LOCAL) sam-invoke --function "$(FUNCTION)" --event "$(EVENT)" --sam-flags="$(SAM_LOCAL_FLAGS)"

test: tools ## Run every test that needs neither Docker nor AWS
	@$(RUN) pytest -n 2 tests/unit tests/integration --cov --cov-report=term --cov-fail-under=95
	@$(RUN) pytest tests/e2e

test-sam-local: tools ## Test sam local, which needs Docker
	@$(RUN) pytest tests/sam_local

check: tools ## Check format, lint, types, the lock and the template
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(UV) lock --check --quiet
	@for folder in $(LOCKED); do \
	  $(EXPORT)-group $${folder#*/} | diff $$folder/requirements.txt - || { echo "Not as locked: make lock" >&2; exit 1; }; \
	done
	@$(SAM) validate --lint
	@$(LINT_API)

format: tools ## Format the code and mend what the linter can
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

generate: tools ## Write anew what is made from the code: OpenAPI document, Postman collection, architecture
	@PYTHONPATH=src:layers/common:documents $(RUN) generate

lock: tools ## Lock the newest versions that pyproject.toml allows
	$(UV) lock --upgrade
	for folder in $(LOCKED); do $(EXPORT)-group $${folder#*/} > $$folder/requirements.txt; done

bench: tools ## Measure it beside what people usually write (ROUNDS=15)
	@$(RUN) bench --rounds $(ROUNDS)

build: tools ## Build for AWS, as samconfig.toml says (STAGE=dev)
	@PATH="$(BUILD_PATH)" WHEELS=$(ARCHITECTURE) $(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)

deploy: architecture build ## Deploy to the AWS account that your credentials name (STAGE=dev)
	@$(SAM) deploy --config-env $(CONFIG_ENV) --no-fail-on-empty-changeset $(if $(CI),--no-confirm-changeset)

.PHONY: architecture
architecture: tools
	@[ "$(ARCHITECTURE)" = "$(DEPLOYED_TO)" ] || { echo "samconfig.toml deploys to $(DEPLOYED_TO): say $(ARCHITECTURE) there" >&2; exit 1; }

clean: ## Delete what builds and tools leave behind, and local data
	rm -rf .aws-sam .venv .local .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Environments. SAM CLI and MiniStack pin other versions of boto3 than we ship: each has its own.
CONFIG_ENV   := $(if $(filter dev,$(STAGE)),default,$(STAGE))
# As the stage's section of samconfig.toml says: what is deployed must have been built for the same.
DEPLOYED_TO   = $(shell $(RUN) bundle.target $(CONFIG_ENV))
ARCHITECTURE ?= $(DEPLOYED_TO)
BUILD_PATH   := $(CURDIR)/.venv/bin:$(CURDIR)/$(TOOLS)/uv/bin:$(PATH)
SAM          := SAM_CLI_TELEMETRY=0 $(TOOLS)/sam/bin/sam
# Folders with a requirements.txt of the group of the same name.
LOCKED       := layers/common layers/imaging documents
EXPORT       := $(UV) export --quiet --frozen --no-header --no-annotate --only

# The linter of documents/openapi.json comes from npm: without npm it is left out, and says so.
REDOCLY  := @redocly/cli@2.77.0
LINT_API  = command -v npx >/dev/null || { echo "Not linted, as there is no npm: documents/openapi.json" >&2; exit 0; }; \
  report=$$(REDOCLY_TELEMETRY=off npx --yes $(REDOCLY) lint documents/openapi.json 2>&1) || { echo "$$report" >&2; exit 1; }

.PHONY: tools
tools: $(TOOLS)/.ready

$(TOOLS)/.ready: uv.lock .python-version
	@command -v "$(UV)" >/dev/null || $(MAKE) --no-print-directory $(TOOLS)/uv/bin/uv
	@echo "  Setting up Python and the tools (once) ..." >&2
	@$(UV) sync --quiet --frozen --group dev
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/ministack $(UV) sync --quiet --frozen --only-group local
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/sam $(UV) sync --quiet --frozen --only-group sam
	@touch $@

$(TOOLS)/fuzz/.ready: $(TOOLS)/.ready
	@echo "  Setting up Schemathesis (once) ..." >&2
	@UV_PROJECT_ENVIRONMENT=$(TOOLS)/fuzz $(UV) sync --quiet --frozen --only-group fuzz
	@touch $@

$(TOOLS)/uv/bin/uv:
	@echo "  Installing uv ..." >&2
	@for python in python3.13 python3 python; do \
	  $$python -m pip --version >/dev/null 2>&1 || continue; \
	  $$python -m pip install --quiet --disable-pip-version-check --target $(TOOLS)/uv uv && exit 0; \
	done; \
	echo "No Python with pip found: install Python 3.13, or uv (https://docs.astral.sh/uv)" >&2; exit 1
