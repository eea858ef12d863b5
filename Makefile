# The commands of the README. What they do lives in scripts/; this file only says when.

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help install run backup restore test faults bench test-deep lint screenshots constraints clean

PY = .venv/bin/python
PINS = pyproject.toml constraints.txt

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

install: .venv/.installed ## set .venv up and compile the simulator

run: .venv/.installed ## start the whole site on this machine: make run ARGS="--port 9000"
	@$(PY) manage.py serve $(ARGS)

backup: .venv/.installed ## save the site in one file, while it runs: make backup FILE=...
	@$(PY) manage.py backup $(FILE)

restore: .venv/.installed ## the way back, while it does not: make restore FILE=... ARGS=--replace
	@$(PY) manage.py restore $(FILE) $(ARGS)

test: ## install what the tests need, lint, and run every test
	@sh scripts/packages.sh
	@$(MAKE) --no-print-directory .venv/.installed-test
	@$(PY) scripts/check.py lint test

faults: .venv/.installed-test ## break a running site at random for some minutes: make faults ARGS="--seed 2"
	@$(PY) -m tests.faults $(ARGS)

test-deep: .venv/.installed-test ## the long tests: indices checked, processors, examples, mutants, walks
	@sh scripts/packages.sh
	@$(PY) scripts/deep.py $(ARGS)

lint: .venv/.installed-test ## only the linters and the type checker
	@$(PY) scripts/check.py lint

screenshots: .venv/.installed-test ## every page with real content, as pictures in build/screenshots: make screenshots ARGS="--only board"
	@$(PY) -m tests.screenshots $(ARGS)

bench: .venv/.installed-bench ## measure the speed beside others: make bench ARGS="--only training"
	@$(PY) -m bench $(ARGS)

constraints: ## resolve the newest versions that pyproject.toml allows, and pin them
	@sh scripts/constraints.sh

clean: ## remove everything that these commands made, except the site's own data in var/
	rm -rf .venv .cache build overtake.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Stamps: each is newer than the pins that it was installed from.
.venv/.installed: $(PINS)
	@sh scripts/install.sh
	@touch $@

.venv/.installed-test: $(PINS)
	@sh scripts/install.sh test
	@touch .venv/.installed $@

.venv/.installed-bench: $(PINS)
	@sh scripts/install.sh bench
	@touch .venv/.installed $@
