# make run    serve the app          make train  remake the bundled weights
# make test   run every test         make check  lint, format and type checks
# make format mend what can be mended by itself
# make bench  measure speed          make screenshots  remake docs/
# make reference  train the nets of other projects, and measure them beside ours
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: run test check format train bench reference screenshots clean

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

# Two and a quarter hours on two cores. MNIST downloads itself; SKETCHES names the folder of pen
# data, which `python -m train.download data` fetches.
SKETCHES ?= data
MAP := --epochs 40 --lr 2e-3 --schedule onecycle --ema 0.998
train: .venv/dev.stamp
	$(PY) -m train.classifier --sketches $(SKETCHES) --bf16
	$(PY) -m train.bundle classifier runs/classifier
	$(PY) -m train.number --sketches $(SKETCHES) --bf16
	$(PY) -m train.bundle number runs/number
	$(PY) -m train.cvae --bf16
	$(PY) -m train.bundle generator runs/generator
	$(PY) -m train.cvae --model vae2d $(MAP) --out runs/map
	$(PY) -m train.bundle map runs/map

bench: .venv/dev.stamp
	$(PY) -m tests.browser --install
	$(PY) -m bench.latency
	$(PY) -m bench.serve
	$(PY) -m bench.load

# Three hours on two cores: the reference nets, and ours.
reference: .venv/dev.stamp
	$(PY) -m bench.reference --sketches $(SKETCHES)

screenshots: .venv/dev.stamp
	$(PY) -m tests.browser --install
	$(PY) -m tests.screenshots

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
