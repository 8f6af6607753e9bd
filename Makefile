# Everything a person or CI types. Each step prints its name and how long it took; the first that fails ends the run.
#
#   PYTHON=…        the Python to make .venv with (default: the newest from 3.11 on that is found)
#   BASE=…          the branch that a change goes to, for `make report` and `make rehearse`
#   SITES=…         the sites to rehearse; without them those that the change concerns
#   TRIALS=… SEED=… how many trials `make faults` has, and which

export BASE ?= origin/main
TRIALS ?= 200
SEED ?= 1

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
ifdef SIDE_BY_SIDE
ready := # what is installed was installed before
unexport MAKEFLAGS MFLAGS SIDE_BY_SIDE # a test that runs make begins anew
else
ready := install
.NOTPARALLEL:
endif
# Targets as they are given, several at a time; each one's output whole as soon as it ends. Most of what the slow ones do
# is waiting. One that fails fails the whole; the others go on, so that everything that is wrong is seen at once.
side_by_side := SIDE_BY_SIDE=1 --keep-going --output-sync=target --jobs
MAKEFLAGS += --no-print-directory
export PYTHON

step := tools/step
# For the recipes only: tools/python must not find the Python of .venv.
venv := export PATH="$(CURDIR)/.venv/bin:$$PATH";
pytest := python -m pytest -q
flood := tests/e2e/test_restore.py
# These share a small twin.
guide := $(addprefix tests/e2e/,test_readme_vi.py test_killed.py)
# These share another one. Calls come first: the last fault before the meeting may leave a tunnel on its backup line.
readiness := $(addprefix tests/e2e/,test_qos.py test_readiness.py)
# These have a whole district each.
rooms := $(addprefix tests/e2e/,test_new_room.py test_rooms.py test_transaction.py)
meetings := $(addprefix tests/e2e/,test_failover.py test_meeting.py)
rotation := tests/e2e/test_rotation.py
loudest := tests/e2e/test_zz_secrets.py::test_the_loudest_runs_end_well
secrets := tests/e2e/test_zz_secrets.py::test_no_secret_in_any_output_or_file

.PHONY: help install install-run demo test check report rehearse faults nightly bench clean
.PHONY: lint unit intended twins inventories rehearsal readiness few-faults flood guide district rooms meetings rotation molecule

help: ## What there is to type
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install-run: # what the suite and the twin need
	@tools/install run
	@tools/venv run

install: ## Debian packages that are missing, and .venv with all that checks and tests need
	@tools/install test
	@tools/venv test

demo: install-run ## The whole district on this machine: raises the twin, provisions every site, shows the table
	@$(venv) tools/demo

test: install ## Every check and test: what CI runs
	@# What is over soon, then the longest ones first.
	@$(MAKE) $(side_by_side) 6 lint intended unit rooms rotation twins flood molecule guide district few-faults \
	    readiness meetings rehearsal inventories </dev/null

check: install ## The fast part: layout, types, YAML, Ansible's production rules, unit tests
	@$(MAKE) $(side_by_side) 3 unit lint intended </dev/null

lint: $(ready)
	@$(venv) $(step) "ruff: rules" ruff check .
	@$(venv) $(step) "ruff: layout" ruff format --check .
	@$(venv) $(step) "mypy --strict" mypy
	@$(venv) $(step) "layers: who imports whom" lint-imports
	@$(venv) $(step) "yamllint" yamllint --strict .
	@$(venv) $(step) "ansible-lint: production" ansible-lint --offline --profile production
	@$(venv) $(step) "the tables of keys are current" tools/key-docs --check

unit: $(ready)
	@$(venv) $(step) "unit tests" $(pytest) tests/unit

intended: $(ready)
	@$(venv) $(step) "intended/ is current" ansible-playbook playbooks/plan.yml --tags intended -e gate=true
	@$(venv) $(step) "intended/ against real devices' command trees" tools/check-intended

twins: $(ready)
	@$(venv) $(step) "tests of the twin" $(pytest) tests/twin

inventories: $(ready)
	@$(venv) $(step) "tests of the inventory, the bench" $(pytest) tests/inventory tests/bench
	@$(venv) $(step) "pages in a browser" $(pytest) tests/browser

# From here on each works in a copy of the project, with secrets of its own.
rehearsal: $(ready)
	@$(venv) $(step) "tests of the rehearsal" $(pytest) tests/rehearsal

readiness: $(ready)
	@$(venv) $(step) "calls on full circuits, can the meeting start" $(pytest) $(readiness)

few-faults: $(ready)
	@$(venv) $(step) "a few faults" $(pytest) tests/faults

flood: $(ready)
	@$(step) "a new site, a site after the flood" tools/aside $(pytest) $(flood)

guide: $(ready)
	@$(venv) $(step) "README.vi.md, jobs that are killed" $(pytest) $(guide)

district: $(ready)
	@$(step) "tests of the whole district" tools/aside $(pytest) tests/e2e \
	    $(addprefix --ignore ,$(flood) $(guide) $(readiness) $(rooms) $(meetings) $(rotation)) --deselect $(loudest)

rooms: $(ready)
	@$(step) "rooms, new and old" tools/aside $(pytest) $(rooms) $(loudest) $(secrets)

meetings: $(ready)
	@$(step) "calls while lines and hubs fail" tools/aside $(pytest) $(meetings) $(secrets)

rotation: $(ready)
	@$(step) "calls while keys change" tools/aside $(pytest) $(rotation) $(secrets)

# One twin for all scenarios. Molecule's own notes of what is up stand here, not in the home directory: those of a run
# that was killed are not believed, and another checkout has its own.
molecule: export MOLECULE_EPHEMERAL_DIRECTORY := $(CURDIR)/build/molecule-state
molecule: $(ready)
	@rm -rf build/molecule-state
	@$(step) "molecule: each role, and whether its tests notice a mistake" tools/aside molecule test --all

report: install-run ## What today's branch changes on which device, against BASE: build/report/changes.html
	@$(venv) $(step) "what changes on which device" ansible-playbook playbooks/plan.yml --tags report -e "base=$$BASE"

nightly: install ## What takes too long for each change: 1 000 inventories with mistakes, each planned or refused in words; faults
	@$(venv) MUTATIONS=1000 $(step) "inventories with mistakes" $(pytest) tests/inventory/test_mutations.py
	@$(MAKE) faults

rehearse: install ## Pushes the change since BASE in the twin of the sites that it concerns (or SITES) and tells what broke
	@$(venv) tools/rehearse "$$BASE" $(SITES)

faults: install ## TRIALS random changes while random faults strike, from SEED; no site may be cut off. ONLY=K repeats one
	@$(venv) python -m tests.faults --trials $(TRIALS) --seed $(SEED) $(if $(ONLY),--only $(ONLY))

bench: install ## Round trips, bytes and seconds of each platform over slow lines, beside plain netmiko
	@$(venv) python -m tests.bench.roundtrips

clean: ## Takes the twin down and removes what was made here: .venv, build/, caches; secrets/ and backups/ stay
	@$(venv) for state in build/{twin,e2e,molecule,faults} build/aside/*/build/{e2e,molecule}; do \
	    if [ -d "$$state" ]; then TWIN_STATE="$$state" twin down; fi; \
	done # tests that were killed in the middle left theirs up
	rm -rf .venv build diemcau.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
