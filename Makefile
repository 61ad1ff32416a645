# Two commands matter: `make up` sets everything up and provisions the sandbox, `make test` proves it.
# Every target is thin: it calls the tool that does the work.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
STACK ?= sandbox

ready := .venv/.ready
hubguard := .venv/bin/python -m hubguard.cli
# The environment knows its own path: after a move it is made anew.
moved := $(if $(filter "$(CURDIR)","$(shell cat .venv/.ready 2>/dev/null)"),,moved)

.PHONY: help setup up down status preview env bench test lint format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(ready) ## Make .venv with everything that the program needs

up: $(ready) ## Set everything up, start the local clouds, provision the organization
	@$(hubguard) sandbox provision

down: $(ready) ## Stop the local clouds, discard their data and the sandbox's state
	@$(hubguard) sandbox down --discard

status: $(ready) ## Show the local clouds
	@$(hubguard) sandbox status

preview: $(ready) ## Show what STACK=sandbox|dev|prod would do, on the sandbox, without credentials
	@$(hubguard) sandbox preview $(STACK)

env: $(ready) ## Print a shell's settings: eval "$$(make -s env)", then use plain pulumi
	@$(hubguard) sandbox env

bench: $(ready) ## Compare the whole stack's preview with that of a program with one resource
	@.venv/bin/python -m bench

test: $(ready) ## Run all tests, the real engine and the local clouds included
	@.venv/bin/python -m pytest -n 2 --dist loadgroup

lint: $(ready) ## Check format, style, types, the direction of imports, and that docs/access.md is current
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python scripts/render_access.py --check

format: $(ready) ## Rewrite the code in the project's format, and docs/access.md from the data
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
	@.venv/bin/python scripts/render_access.py

clean: down ## Remove the environment too; builds stay in the user's cache
	@rm -rf .venv

$(ready): pyproject.toml uv.lock scripts/setup.sh $(moved)
	@sh scripts/setup.sh

.PHONY: moved
moved:
