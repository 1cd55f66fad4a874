# Two commands do everything a newcomer needs:
#   make demo   serves Enlace with a living demo network at http://localhost:8000 (SQLite, one process)
#   make test   passes every test, on SQLite, on real PostgreSQL and Valkey, and in a real browser
PY ?= python3
PORT ?= 8000
V := .venv/bin
export UV_SYSTEM_CERTS = 1
export UV_NO_CONFIG = 1
# What Python compiled is kept here, whatever the surroundings say: without it each start costs three seconds, and tests start many.
export PYTHONPYCACHEPREFIX = $(CURDIR)/build/pycache
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast test-all lint check messages lock clean bench wheel

demo: .venv/.base
	@$(V)/python scripts/bundle.py
	@$(V)/python manage.py demo --serve --port $(PORT)

test: .venv/.test
	@$(V)/python scripts/browser.py
	@$(V)/python scripts/served.py
	@$(V)/python scripts/run_tests.py all

test-fast: .venv/.test
	@$(V)/python scripts/bundle.py
	@$(V)/python scripts/run_tests.py fast

lint: .venv/.test
	@$(V)/python scripts/run_tests.py lint

messages: .venv/.base
	@$(V)/python scripts/messages.py check

bench: .venv/.test
	@$(V)/python -m bench.opening
	@$(V)/python scripts/browser.py
	@$(V)/python -m bench.handover

# The command line with the files of the pages in it: dist/, for `pip install --require-hashes -r dist/enlace.txt`.
wheel: .venv/.base
	@$(V)/python scripts/wheel.py

# Maintainers: after editing requirements/*.in or package.json.
lock: .venv/.uv
	@for name in uv node base test; do \
	  $(V)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    requirements/$$name.in -o requirements/$$name.txt; done
	@$(V)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  -c requirements/base.txt pyproject.toml -o requirements/client.txt
	npm install --package-lock-only && cd tests/npm && npm install --package-lock-only

.venv/bin/python:
	@echo "Setting up (once): Python environment ..."
	@sh scripts/venv.sh $(PY) .venv

.venv/.uv: requirements/uv.txt | .venv/bin/python
	@$(V)/python -m pip install -q --disable-pip-version-check --require-hashes -r $< && touch $@

.venv/.base: requirements/base.txt .venv/.uv
	@echo "Setting up (once): libraries ..."
	@$(V)/uv pip install -q --python $(V)/python --require-hashes -r $< && touch $@

.venv/.test: requirements/test.txt .venv/.base
	@echo "Setting up (once): test tools ..."
	@$(V)/uv pip install -q --python $(V)/python --require-hashes -r $< && touch $@

clean:
	rm -rf .venv node_modules tests/npm/node_modules build dist client/served var
