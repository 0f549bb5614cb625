# Two commands: `make lab` opens the lessons, `make test` checks everything.
# Both make .venv first, and do no work twice.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# JupyterLab refuses to run as root unless told: root is usual in containers.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test notebooks bench clean

lab: .venv/lab
	$(BIN)/jupyter lab $(ROOT) --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

test: .venv/test
	$(BIN)/python -m pytest -n 2 --dist loadfile

notebooks: .venv/lab
	$(BIN)/python tests/notebook_form.py

bench: .venv/test
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv artifacts

# torch comes first and alone, so that no other package chooses its build.
.venv/lab: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -c constraints.txt torch
	$(PIP) -c constraints.txt -e ".[lab]"
	touch $@

.venv/test: .venv/lab
	$(PIP) -c constraints.txt -e ".[test]"
	touch $@
