# dicome: `make` lists what there is to make. Needs Python 3.10 or newer; all it installs goes into .venv,
# but for Octave in `make test`, which says so.

PYTHON ?= python3
VENV := .venv
MFILES := $(wildcard matlab tests/matlab examples)
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install

# Programs that come with the packages: dicome, dcm2niix, ...
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help demo test lint bench clean venv octave
.NOTPARALLEL:

help:
	@echo 'make demo               make a test image, read it back, show and export it (into demo-output/)'
	@echo 'make demo FILE=scan.dcm the same with a file of your own'
	@echo 'make test               all tests and checks; installs Octave by apt where it can'
	@echo 'make lint               the checks alone: ruff, mypy, MISS_HIT'
	@echo 'make bench              one table of speed and memory, beside other programs'
	@echo 'make venv               .venv with dicome in it, for work on dicome itself'
	@echo 'make clean              remove what the others made'

# FILE reaches the shell through the environment, whatever characters it holds.
export FILE
demo: $(VENV)/.demo
	@$(PY) examples/demo.py $(if $(FILE),"$$FILE")

test: octave lint
	$(PY) -m pytest -n auto --dist worksteal

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m miss_hit_core.mh_style --brief $(MFILES)
	$(PY) -m miss_hit.mh_lint --brief $(MFILES)
	$(PY) -m miss_hit_core.mh_metric --ci $(MFILES)

bench: $(VENV)/.bench
	@$(PY) -m tests.benchmarks $(if $(FILE),--file "$$FILE")

venv: $(VENV)/.dev

clean:
	rm -rf $(VENV) demo-output test-output build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

octave:
	@command -v octave-cli >/dev/null || .ci/packages octave || \
	  echo 'Octave is not installed: the tests of the MATLAB side will be skipped.'

# Each stamp is a set of packages in .venv; made again when pyproject.toml names others.
$(VENV)/.demo: $(VENV)/.made pyproject.toml
	@echo 'Installing dicome and what the demo needs into $(VENV) ...'
	@$(PIP) -e '.[png]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@echo 'Installing dicome and what its tests and checks need into $(VENV) ...'
	@$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/.bench: $(VENV)/.made pyproject.toml
	@echo 'Installing dicome and the programs it is compared with into $(VENV) ...'
	@$(PIP) -e '.[bench]'
	@touch $@ $(VENV)/.demo

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || \
	  { echo 'No $(PYTHON) here. On Debian or Ubuntu: sudo apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "dicome needs Python 3.10 or newer; `$(PYTHON) --version` is too old. Say which: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo 'Python cannot make virtual environments here. On Debian or Ubuntu: sudo apt install python3-venv'; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@
