# make run    serve the app          make train  remake the bundled weights
# make test   run every test         make check  lint, format and type checks
# make format mend what can be mended by itself
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: run test check format train bench clean

run: .venv/run.stamp
	$(PY) app.py

test: .venv/dev.stamp
	$(PY) -m tests.browser --install
	$(PY) -m pytest

check: .venv/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: .venv/dev.stamp
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: .venv/dev.stamp
	$(PY) -m bench.latency

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; assert (3, 10) <= sys.version_info[:2] <= (3, 13), \
	  f"Python 3.10 to 3.13 is needed, this is {sys.version.split()[0]}: try make PYTHON=python3.12"'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(PY) -m pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt | .venv/bin/python
	$(PY) -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	touch $@ .venv/run.stamp
