# Every command sets up what it needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := bash
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
WHICHPATH := $(PYTHON) -m whichpath.cli
# Without bytecode every start would compile TensorFlow and Rasa anew.
unexport PYTHONDONTWRITEBYTECODE
# Words for `make explain` and `make preview`: passed by the environment, so that no quote in them is read by the shell.
export TEXT

.PHONY: help run train encoder lint format test test-fast evaluate bench scale kills faults audit ops-check content \
	coverage facts review preview explain insights telegram-webhook widget lock setup setup-dev setup-encoder

run: setup            ## start the bot; its address is printed (Ctrl-C stops it)
	@exec $(WHICHPATH) run

train: setup          ## train a model anew
	@$(WHICHPATH) train

explain: setup        ## what is read out of a message, and why it is answered so: make explain TEXT="can he come home"
	@$(WHICHPATH) train --if-needed
	@PYTHONWARNINGS=ignore $(WHICHPATH) explain "$$TEXT" $(ARGS)

content: setup-dev    ## check every answer, rule and example that people edit; says what expires when
	@$(WHICHPATH) content $(ARGS)

preview: setup        ## an answer as people get it: make preview ENTRY=get_belongings_home ARGS="--role restrained --state CA"
	@$(WHICHPATH) preview $(ENTRY) $(ARGS)

review: setup         ## what waits for a lawyer; a page to print with NAME=ask_contact or NAME=CA
	@$(WHICHPATH) review $(NAME)

coverage: setup       ## what is told of which state, and to whom; ARGS=--grades, or ARGS="--states 10" for pages to read through
	@$(WHICHPATH) coverage $(ARGS)

facts: setup          ## which entry tells which fact
	@$(WHICHPATH) facts

insights: setup       ## what people asked that we could not answer, as counts; ARGS="--days 7"
	@$(WHICHPATH) insights $(ARGS)

telegram-webhook: setup  ## tell Telegram where we are: make telegram-webhook URL=https://bot.example.org
	@$(WHICHPATH) webhook $(URL) $(ARGS)

lint: setup-dev       ## style, types, layers: ruff, mypy, import-linter; prettier and tsc for the widget
	@bash scripts/lint.sh

format: setup-dev     ## put everything into the form that lint wants
	@bash scripts/format.sh

test-fast: setup-dev  ## lint, content and pathway, in under a minute
	@bash scripts/lint.sh --python
	@$(WHICHPATH) content
	@$(PYTHON) -m pytest -q --numprocesses 2 tests/content tests/pathway -k "not (long_past or the_content_passes or any_conversation or sms_help_names_it)" $(ARGS)

test: setup-dev       ## all tests; ARGS="-k name" goes to pytest
	@bash scripts/browser.sh
	@bash scripts/proxy.sh
	@bash scripts/test.sh $(ARGS)

evaluate: setup-dev   ## right answers on a file of questions: make evaluate FILE=questions.jsonl
	@$(WHICHPATH) train --if-needed
	@$(PYTHON) -m bench.accuracy.evaluate $(FILE)

bench: setup-dev      ## speed, memory, training time, against Rasa's default pipeline
	@$(WHICHPATH) train --if-needed
	@PYTHONWARNINGS=ignore $(PYTHON) -m bench.speed.run $(ARGS)

faults: setup-dev     ## break one thing after the other under people on every channel: docs/faults.md
	@$(WHICHPATH) train --if-needed
	@bash scripts/browser.sh
	@PYTHONWARNINGS=ignore $(PYTHON) -m bench.resilience.faults $(ARGS)

scale: setup-dev      ## several processes behind a proxy under load, one killed: counts what is lost
	@$(WHICHPATH) train --if-needed
	@bash scripts/proxy.sh
	@$(PYTHON) -m bench.resilience.scale $(ARGS)

kills: setup-dev      ## kill -9 at random moments, many times, on SQLite and PostgreSQL: counts what is lost
	@$(WHICHPATH) train --if-needed
	@$(PYTHON) -m bench.resilience.kills $(ARGS)

audit: setup-dev      ## known weaknesses of what is installed, but those that deploy/audit-accepted.yml accepts
	@bash scripts/tools.sh
	@$(PYTHON) -m deploy.audit

ops-check: setup-dev  ## container files and Kubernetes manifests, each with its own tool
	@bash scripts/check.sh

encoder: setup-encoder  ## tune the sentence encoder anew on the examples (ten minutes or more; then make evaluate)
	@PYTHONWARNINGS=ignore $(PYTHON) -m training.tune $(ARGS)

widget: setup         ## build the web chat anew after a change in widget/src (commit widget/dist too)
	@bash scripts/widget.sh

lock:                 ## resolve requirements/*.in anew; ARGS=--upgrade takes newer versions
	@bash scripts/lock.sh $(ARGS)

setup:
	@bash scripts/setup.sh base

setup-dev:
	@bash scripts/setup.sh dev

setup-encoder:
	@bash scripts/setup.sh encoder

help:                 ## this list, and every variable
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {split($$1, t, ":"); printf "  make %-16s %s\n", t[1], $$2}' $(MAKEFILE_LIST)
	@printf '\nVariables, with their defaults:\n'
	@if [ -x $(PYTHON) ]; then $(WHICHPATH) settings; else echo '  (after `make setup`)'; fi
