# Two commands do all the set-up on a machine that has Python 3.11+ and GNU make: `make site` and `make test`.
# PYTHON names another interpreter; PYTEST_ARGS are handed to pytest, `make test PYTEST_ARGS=tests/test_urls.py` for one file.

.DEFAULT_GOAL := site
.PHONY: site docs test check lint format coverage fuzz mutants lock audit check-python browser servers clean

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# What an installer does for a package: without it every start compiles digest anew where Python may not keep what it compiled.
COMPILE := $(BIN)/python -m compileall -q digest
# Four browsers and servers at once are enough for any machine.
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist worksteal

site: $(VENV)/.site  ## Build the repository's own example site into public/
	$(BIN)/digest build
	@echo "Look at it: $(BIN)/digest serve"

docs: $(VENV)/.site  ## Build the manual as a site into site-docs/, in English and in Arabic
	$(BIN)/python tools/manual_site.py
	@echo "Look at it: python3 -m http.server --directory site-docs"

test: $(VENV)/.test browser servers  ## Lint, types and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(PYTEST_ARGS)

# Every test but those that need a browser, servers, a clean environment or seconds each.
QUICK := not browser and not server and not package and not benchmark and not slow
check: $(VENV)/.test  ## Lint, types and the quick tests: run this while you work
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(PYTEST_ARGS) -m '$(QUICK)'

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Lines and branches of the modules that handle paths, addresses, YAML, cleaning and publishing; fails below all of them.
# Needs the servers that the targets of a deploy meet: DIGEST_NEED_SERVERS=1 installs them.
coverage: $(VENV)/.test servers
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -p no:cacheprovider $(PYTEST_ARGS) -m 'not browser and not package and not benchmark'
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# One target after the other, SECONDS each; what is found lies in fuzz/.found/.
SECONDS ?= 600
TARGETS ?= front-matter markdown urls dates slugs cleaning
fuzz: $(VENV)/.attack
	for target in $(TARGETS); do $(BIN)/python fuzz/run.py $$target --seconds $(SECONDS) || exit 1; done

# Whether the tests notice a change of the modules they guard; MODULE names one of them.
MODULE ?= digest/content/urls.py
mutants: $(VENV)/.attack
	$(BIN)/python tools/mutants.py $(MODULE)

$(VENV)/.attack: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[attack]'
	@touch $@

lock: $(VENV)/.attack  ## Pin what development needs, by hash
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-find-links \
		--no-emit-options --no-emit-trusted-host --allow-unsafe --extra test --extra dev --output-file requirements/development.txt \
		pyproject.toml requirements/build.in

audit: $(VENV)/.attack
	$(BIN)/pip-audit --disable-pip --requirement requirements/development.txt

# Finds a Chromium, or installs one where it can; the browser tests say so where there is none.
browser: $(VENV)/.test
	@$(BIN)/python tests/chromium.py

# Says which servers the tests can use; installs them where $DIGEST_NEED_SERVERS asks for them.
servers: $(VENV)/.test
	@$(BIN)/python tests/servers.py

check-python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; install it (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv module; install it (Debian: apt install python3-venv)"; exit 1; }

$(BIN)/python: | check-python
	$(PYTHON) -m venv $(VENV)

$(VENV)/.site: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(COMPILE)
	@touch $@

# Every package by the hash of its files; then digest itself, without looking for anything else.
$(VENV)/.test: pyproject.toml requirements/development.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(COMPILE)
	@touch $@ $(VENV)/.site

clean:
	rm -rf public .digest dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
