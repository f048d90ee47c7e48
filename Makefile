# Every target works from a fresh clone with nothing but Python 3.11 or newer, make and the package index.
# The first one makes .venv and installs the pinned versions of constraints.txt; later ones reuse it.

# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.12 test` names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
JOBS ?= 2
# Tests sync their journals thousands of times, which in memory takes a third of the time: there, if a GiB is free.
export PYTEST_DEBUG_TEMPROOT ?= $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'END { exit $$4 < 1048576 }' && \
	echo /dev/shm || echo "$${TMPDIR:-/tmp}")
# Of `make fuzz`: mutated programs, and after how many seconds of them it stops. `make torture` takes ROUNDS too.
ROUNDS ?= 1000000
SECONDS ?= 7200
# Of `make soak`.
MINUTES ?= 30
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint check fuzz torture pythons bench soak docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## a node under load: three upgrades, two refused ones, one SIGKILL, and the proof that nothing was lost
	@$(BIN)/camshaft demo

test: $(READY) ## run all tests
	@$(BIN)/python -m pytest -n $(JOBS)

lint: $(READY) ## style, types and layers, without the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports

check: lint test ## all that a change must pass: lint, then test

fuzz: $(READY) ## the property tests with a hundred times the examples, then ROUNDS mutated programs or SECONDS of each target
	@$(BIN)/python -m pytest -n $(JOBS) -m hypothesis --hypothesis-profile=fuzz
	@PYTHONPATH=tests $(BIN)/python -m fuzz.run --rounds $(ROUNDS) --seconds $(SECONDS)
	@PYTHONPATH=tests $(BIN)/python -m fuzz.run --rounds $(ROUNDS) --seconds $(SECONDS) --target ownership

torture: $(READY) ## journals and nodes through ROUNDS power cuts, kills, full disks and failing ones; needs a C compiler
	@PYTHONPATH=tests $(BIN)/python -m torture.run --rounds $(ROUNDS)

pythons: $(READY) ## the corpus of programs under every Python from 3.11 on that is installed: all say the same
	@PYTHONPATH=tests $(BIN)/python -m corpus.pythons

bench: $(READY) ## measure everything beside its peers: bench/results/latest.md; `bench/run.py throughput steps` for some of it
	@$(BIN)/python bench/run.py

soak: $(READY) ## a node at 80 % of what it can do for MINUTES, upgraded every minute: flat memory, no lost call
	@$(BIN)/python bench/soak.py --minutes $(MINUTES)

docs: $(READY) ## write the tables of docs/bytecode.md anew, from the tables that the code runs by
	@$(BIN)/python -m camshaft.bytecode.reference docs/bytecode.md

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Build tools are installed first and used without isolation: an isolated build would take versions nobody pinned.
$(READY): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "error: Camshaft needs Python 3.11 or newer; $(or $(PYTHON),python3) is" \
			"$$("$(or $(PYTHON),python3)" --version 2>/dev/null || echo not there)." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),test)" >&2; exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		echo "making $(VENV) with $$($(PYTHON) --version)"; \
		$(PYTHON) -m venv --clear $(VENV) || { \
		echo "error: '$(PYTHON) -m venv' failed; on Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }; fi
	@echo "installing the versions of constraints.txt"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@
