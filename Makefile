.DEFAULT_GOAL := help
.PHONY: help run test fast check format bench hall soak lock hooks clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 10

run: ## Run the product with the demo on this machine
	./run

test: ## Run every test
	./run test

fast: ## Run the tests that take no seconds each
	./run test --fast

check: ## Check style, types, import floors and templates
	./run check

format: ## Put the code into its form
	./run setup
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format --quiet .

bench: ## Measure steps beside the same work by hand, pages and more; fails where a limit is missed
	./run setup
	.venv/bin/python -m bench

hall: ## Let 200 phones vote in a hall; fails where a vote is lost, doubled or slow
	./run setup
	.venv/bin/python -m bench.hall

soak: ## Kill web, worker, beat and broker ten times as often as the tests do, for some minutes
	./run setup
	SOAK=10 .venv/bin/python -m pytest tests/journeys/test_crash.py tests/tasks/test_outage.py tests/journeys/test_letter_storm.py -q -s

lock: ## Freeze the newest allowed versions, with hashes
	./run setup
	.venv/bin/uv pip compile --universal --generate-hashes --no-header --no-config --python-version 3.11 --upgrade --quiet pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --universal --generate-hashes --no-header --no-config --python-version 3.11 --upgrade --quiet --group dev -c requirements.txt -o requirements-dev.txt
	echo uv | .venv/bin/uv pip compile --universal --generate-hashes --no-header --no-config --python-version 3.11 --upgrade --quiet - -o requirements-uv.txt

hooks: ## Run the checks before each commit
	./run setup
	.venv/bin/pre-commit install

clean: ## Remove what was installed and what the product keeps in var/
	rm -rf .venv var
