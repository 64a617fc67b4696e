# What people type and what CI runs. Everything lives in ./.venv; nothing is installed outside this folder.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check campaign bluez interop interop-check bench bench-air bench-safety bench-screen bench-mqtt flood pictures keys thorough edits editor fuzz mutants soak format clean
.DEFAULT_GOAL := demo

demo: $(STAMP)  ## coach a retro interval on the embedded simulator
	@$(BIN)/treadcoach demo

# What keeps real time mostly waits, and would be late beside what only calculates.
REAL_TIME := tests/radio tests/way_out tests/tui tests/mqtt tests/test_cli.py tests/edges/test_voice.py
test: $(STAMP)  ## the whole test suite, with the coverage that ftms/ and safety/ owe to their own tests
	$(BIN)/coverage erase
	$(BIN)/coverage run --data-file=.coverage.core --source=treadcoach/ftms,treadcoach/safety -m pytest -q tests/ftms tests/safety
	$(BIN)/coverage report --data-file=.coverage.core --fail-under=100
	$(BIN)/pytest -q -n 3 --dist worksteal $(addprefix --ignore=,tests/ftms tests/safety $(REAL_TIME))
	$(BIN)/pytest -q -n 8 --dist load --maxschedchunk=1 $(REAL_TIME)

check: $(STAMP)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# bleak keeps its connection to the bus for as long as the process lives: that is what is ignored at the end.
bluez: $(STAMP)  ## the tests over the air once more, on the real kernel stack and bluetoothd in a small QEMU guest
	$(BIN)/pytest -q -m bluez -n 6 --dist worksteal -W ignore::ResourceWarning -W ignore::pytest.PytestUnraisableExceptionWarning tests/radio

interop: $(STAMP)  ## foreign clients drive the simulator, each in its own environment; writes the README's matrix
	$(BIN)/python tests/radio/interop.py

interop-check: $(STAMP)  ## the same, held against the matrix that is there
	$(BIN)/python tests/radio/interop.py --check

campaign: $(STAMP)  ## N seeded sequences of everything that can happen (N=100000), or one of them aloud (SEED=…)
	@cd tests && ../$(BIN)/python -m campaign $(if $(SEED),--seed $(SEED),$(or $(N),100000))

pictures: $(STAMP)  ## the README's pictures, drawn by the program itself
	@cd tests/tui && PYTHONPATH=..:. ../../$(BIN)/python pictures.py

keys: $(STAMP)  ## every key in every state, through a real terminal: minutes
	$(BIN)/pytest -q -m every_key -n 4 --dist worksteal tests/tui

thorough: $(STAMP)  ## every program on every simulated machine; the slow brokers
	$(BIN)/pytest -q -m thorough -n 2 --dist worksteal tests/workouts tests/mqtt

edits: $(STAMP)  ## every edit of one character of every shipped program: refused, or inside the envelope
	@$(BIN)/python tests/edits.py

# Where its language server is put; nothing of Node is needed otherwise.
EDITOR := .venv-editor/node_modules/yaml-language-server/bin/yaml-language-server

editor: $(STAMP) $(EDITOR)  ## what an editor shows of a profile: needs Node, and npm once
	YAML_LANGUAGE_SERVER=$(CURDIR)/$(EDITOR) $(BIN)/pytest -q -m editor tests/editor

$(EDITOR):
	npm install --no-audit --no-fund --silent --prefix .venv-editor yaml-language-server@2

fuzz: $(STAMP)  ## programs that nobody would write, for a minute (SECONDS=60): a profile or clean errors, nothing else
	@$(BIN)/python tests/fuzz.py $(or $(SECONDS),60)

mutants: $(STAMP)  ## is every line of the careful part held by a test? (half an hour)
	$(BIN)/python tests/mutants.py

bench: $(STAMP)  ## ratios, measured in one run
	@$(BIN)/python bench/bench.py

bench-air: $(STAMP)  ## how long a stop takes over the air, as a distribution
	@$(BIN)/python bench/air.py

bench-safety: $(STAMP)  ## how soon a belt is stopped, whatever has failed (KILLS=200 for the whole of it)
	@$(BIN)/python bench/safety.py $(or $(KILLS),20)

bench-screen: $(STAMP)  ## what the full screen costs, and how soon a key is bytes beside it (PRESSES=2000)
	@$(BIN)/python bench/screen.py $(or $(PRESSES),2000)

bench-mqtt: $(STAMP)  ## how soon a whole group stands (MACHINES=50 ROUNDS=4): needs Mosquitto
	@$(BIN)/python bench/mqtt.py $(or $(MACHINES),50) $(or $(ROUNDS),4)

flood: $(STAMP)  ## a broker that is against us sends N messages (N=1000000 SEED=1)
	@$(BIN)/python tests/mqtt/flood.py $(or $(N),1000000) $(or $(SEED),1)

soak: $(STAMP)  ## an hour of sessions at rate 10 over real bleak, with random faults: six minutes
	@$(BIN)/python bench/soak.py

format: $(STAMP)  ## let ruff mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

# The environment is made anew when pyproject.toml is newer; uv where it is there, else venv and pip.
$(STAMP): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --allow-existing --python "$(PYTHON)" $(VENV) && uv pip install -q --python $(BIN)/python -e '.[dev]'; \
	else \
	  $(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(0 if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed, this is {v}; try: make PYTHON=python3.12")' && \
	  { $(PYTHON) -m venv $(VENV) || { echo "the venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }; } && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'; \
	fi
	@touch $(STAMP)
