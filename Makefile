# Two commands: `make lab` opens the lessons, `make test` checks everything; `make site` builds the
# pages, `make decks` the slides alone. All make .venv first, and do no work twice.
PYTHON ?= python3
BIN := .venv/bin
# Half the time without compiling: Python compiles what is imported, and much never is.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile

# PyTorch's builds without CUDA; on Linux, pip's usual index has only those with it: gigabytes.
CPU_INDEX := https://download.pytorch.org/whl/cpu
PROBE := import urllib.request as u; u.urlopen('$(CPU_INDEX)/torch/', timeout=3)

.PHONY: lab test site decks notebooks sheet bench links clean

lab: .venv/lab
	$(BIN)/python my_lessons.py

test: .venv/test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

site: .venv/site
	$(BIN)/python site/build.py

decks: .venv/site
	$(BIN)/python site/build.py --decks

notebooks: .venv/lab
	$(BIN)/python tests/notebook_form.py

sheet: .venv/test
	$(BIN)/python -m tests.sheet

bench: .venv/test
	$(BIN)/python -m benchmarks

# What depends on where this clone came from, if that is GitHub.
GITHUB := s;^(https://([^@/]*@)?|(ssh://)?git@)github\.com[:/]([^/]+/[^/]+)$$;\4;p
links:
	@place=$$(git remote get-url origin | sed -nE '$(GITHUB)'); place=$${place%.git}; \
	test -n "$$place" || { echo "origin is not on GitHub: there is no such link"; exit 1; }; \
	echo "the lessons on Binder:"; \
	echo "https://mybinder.org/v2/gh/$$place/HEAD?urlpath=lab/tree/my_lessons/00_start_here.ipynb"; \
	echo "lrlib in a notebook elsewhere:"; \
	echo "%pip install git+https://github.com/$$place"

clean:
	rm -rf .venv artifacts build

# torch comes first and alone, so that no other package chooses its build: without a GPU the small
# one, where its index answers; where it does not, pip goes on with what it has.
.venv/lab: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@small=; \
	if [ "$$(uname)" = Linux ] && [ ! -e /dev/nvidia0 ] && ! command -v nvidia-smi >/dev/null; then \
	  if timeout 5 $(BIN)/python -c "$(PROBE)" 2>/dev/null; then small="--extra-index-url $(CPU_INDEX)"; \
	  else echo "$(CPU_INDEX) does not answer: PyTorch comes from pip's usual places"; fi; fi; \
	$(PIP) -c constraints.txt torch $$small
	$(PIP) -c constraints.txt -e ".[lab]"
	touch $@

.venv/site: .venv/lab
	$(PIP) -c constraints.txt -e ".[site]"
	touch $@

.venv/test: .venv/site
	$(PIP) -c constraints.txt -e ".[test]"
	touch $@
