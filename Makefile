# Two commands do everything; both set themselves up. Without make: python3 .ci/do.py demo | test
PYTHON ?= python3

.PHONY: demo test faults bench lock

demo:            ## the whole loop on real input, a printed tour, and a running server (ARGS=--no-serve: do not stay up)
	@$(PYTHON) .ci/do.py demo $(ARGS)

test:            ## formatting, lint, import contracts, types, tests
	@$(PYTHON) .ci/do.py test $(ARGS)

faults:          ## kills, losses of power, every byte that turns over, in full (tens of minutes)
	@$(PYTHON) .ci/do.py faults $(ARGS)

bench:           ## every benchmark, as a table of ratios to raw limits
	@$(PYTHON) .ci/do.py setup
	@.venv/bin/python -m benchmarks

lock:            ## renew requirements.lock (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --group dev pyproject.toml -o requirements.lock
