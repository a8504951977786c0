# make demo and make test set up everything they need; nothing but python3 and make has to be there before.

BIN := .venv/bin
UV_VERSION = $(shell sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)

.PHONY: help setup demo test lint bench shapes screenshots system-run system-test

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 20

setup: .venv/ready ## Make .venv with everything in it, and install the system packages that are missing

demo: setup ## Open the window on a sample project with a hidden run step
	$(BIN)/reviewer demo

test: system-test setup ## Run all tests
	$(BIN)/pytest

lint: setup ## Check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure speed, as ratios to a yardstick in the same run, and reading against zig (PROJECTS=folders: of real projects too)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.recall resources/demo tests/ecosystems/zig/shapes $(PROJECTS)
	$(BIN)/python -m benchmarks.agreement resources/demo tests/ecosystems/zig/shapes $(PROJECTS)

shapes: setup ## Write anew what is expected of every shape of zig build that the tests know
	$(BIN)/python -m tests.ecosystems.zig.shapes.write

screenshots: setup ## Draw screenshots/ again
	$(BIN)/python scripts/screenshots.py

# Python's own venv and pip bring uv; uv brings everything else, itself included, in the versions of uv.lock.
.venv/ready: pyproject.toml uv.lock | system-run
	test -x $(BIN)/uv || { python3 -m venv .venv && $(BIN)/python -m pip install --quiet uv==$(UV_VERSION); }
	$(BIN)/uv sync --quiet --locked --all-extras
	touch $@

system-run:
	@scripts/system-packages.sh run

system-test:
	@scripts/system-packages.sh test
