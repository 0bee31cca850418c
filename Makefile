# Every command sets up what it needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := bash
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# Without bytecode every start would compile TensorFlow and Rasa anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run train encoder test evaluate bench scale kills faults audit ops-check content facts insights telegram-webhook widget lock setup setup-dev

run: setup            ## start the bot; its address is printed (Ctrl-C stops it)
	@exec $(PYTHON) -m whichpath.server.run

train: setup          ## train a model anew
	@$(PYTHON) -m whichpath.server.train

encoder: setup-dev    ## tune the sentence encoder anew on the examples (ten minutes or more; then make evaluate)
	@PYTHONWARNINGS=ignore $(PYTHON) -m training.tune $(ARGS)

test: setup-dev       ## all tests; ARGS="-k name" goes to pytest
	@$(PYTHON) -m whichpath.server.train --if-needed
	@bash scripts/browser.sh
	@bash scripts/proxy.sh
	@$(PYTHON) -m pytest tests $(ARGS)

evaluate: setup-dev   ## right answers on a file of questions: make evaluate FILE=questions.jsonl
	@$(PYTHON) -m whichpath.server.train --if-needed
	@$(PYTHON) -m bench.accuracy.evaluate $(FILE)

bench: setup-dev      ## speed, memory, training time, against Rasa's default pipeline
	@$(PYTHON) -m whichpath.server.train --if-needed
	@PYTHONWARNINGS=ignore $(PYTHON) -m bench.speed.run $(ARGS)

audit: setup-dev      ## known weaknesses of what is installed, but those that deploy/audit-accepted.yml accepts
	@bash scripts/tools.sh
	@$(PYTHON) -m deploy.audit

ops-check: setup-dev  ## container files and Kubernetes manifests, each with its own tool
	@bash scripts/check.sh

faults: setup-dev     ## break one thing after the other under people on every channel: docs/faults.md
	@$(PYTHON) -m whichpath.server.train --if-needed
	@bash scripts/browser.sh
	@PYTHONWARNINGS=ignore $(PYTHON) -m bench.resilience.faults $(ARGS)

scale: setup-dev      ## several processes behind a proxy under load, one killed: counts what is lost
	@$(PYTHON) -m whichpath.server.train --if-needed
	@bash scripts/proxy.sh
	@$(PYTHON) -m bench.resilience.scale $(ARGS)

kills: setup-dev      ## kill -9 at random moments, many times, on SQLite and PostgreSQL: counts what is lost
	@$(PYTHON) -m whichpath.server.train --if-needed
	@$(PYTHON) -m bench.resilience.kills $(ARGS)

content: setup        ## check the answer cards and every other file that people edit
	@$(PYTHON) -m whichpath.library.checks

facts: setup          ## which card tells which fact
	@$(PYTHON) -m bench.accuracy.facts

insights: setup       ## what people asked that we could not answer, as counts; ARGS="--days 7"
	@$(PYTHON) -m bench.accuracy.insights $(ARGS)

telegram-webhook: setup  ## tell Telegram where we are: make telegram-webhook URL=https://bot.example.org
	@$(PYTHON) -m whichpath.channels.telegram.setup $(URL) $(ARGS)

widget: setup         ## build the web chat anew after a change in widget/src (commit widget/dist too)
	@bash scripts/widget.sh

lock:                 ## resolve requirements/*.in anew; ARGS=--upgrade takes newer versions
	@bash scripts/lock.sh $(ARGS)

setup:
	@bash scripts/setup.sh base

setup-dev:
	@bash scripts/setup.sh dev

help:                 ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {split($$1, t, ":"); printf "  make %-9s %s\n", t[1], $$2}' $(MAKEFILE_LIST)
	@printf '\nVariables: WHICHPATH_PORT (5005), WHICHPATH_ACTION_PORT (5055), WHICHPATH_HOST (127.0.0.1),\n'
	@printf 'WHICHPATH_DB_URL (sqlite in var/), WHICHPATH_REDIS_URL (none), WHICHPATH_SECRET (key in var/secret), WHICHPATH_REST (local, open or off),\n'
	@printf 'WHICHPATH_METRICS_TOKEN, WHICHPATH_WEB_IDLE_MINUTES (30), WHICHPATH_KEEP_PHRASES (off): docs/privacy.md.\n'
