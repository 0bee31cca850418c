"""Every held-out message has labels that README.md allows. Failures name file and line, never the text."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
INTENTS = frozenset(yaml.safe_load((HERE.parents[1] / "domain.yml").read_text(encoding="utf-8"))["intents"])
STATES = frozenset(path.stem for path in (HERE.parents[1] / "content" / "states").glob("*.yml"))
ALLOWED = {
    "role": {"protected", "restrained", "third_party", "unclear"},
    "stage": {"none", "temporary", "final", "denied", "unclear"},
    "matter": {"civil_order", "criminal_case", "criminal_no_contact_order", "unclear"},
    "state": STATES | {None},
    "side": {"protected", "restrained", None},
    "date": {True, False},
}
FLAGS = {"both_want_it_ended", "mutual_orders", "criminal_alongside", "custody_alongside"}


def rows(pattern):
    for path in sorted(HERE.glob(pattern)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", path.stem.split("_", 1)[1], json.loads(line)


def faults(part, row):
    """The names of the fields of one message with a value that is not allowed."""
    wrong = [name for name, allowed in ALLOWED.items() if row[name] not in allowed]
    wrong += [] if row["text"].strip() == row["text"] != "" else ["text"]
    wrong += [] if {row["topic"], *row["topics2"]} <= INTENTS else ["topic"]
    wrong += [] if row["topic"] not in row["topics2"] else ["topics2"]
    wrong += [] if set(row["flags"]) <= FLAGS else ["flags"]
    wrong += [] if row["slice"] == part else ["slice"]
    return wrong + ([] if row["side"] is None or row["role"] == "third_party" else ["side"])


@pytest.mark.parametrize("name", ["heldout", "blind", "sealed"])
def test_labels_are_those_of_the_readme(name):
    found = {place: wrong for place, part, row in rows(f"{name}_*.jsonl") if (wrong := faults(part, row))}
    assert found == {}


@pytest.mark.parametrize("name", ["blind", "sealed"])
def test_danger_is_labelled_in_every_message_and_told_where_it_is_the_topic(name):
    held = list(rows(f"{name}_*.jsonl"))
    assert held
    untold = [at for at, _, row in held if row["topic"] in ("danger", "self_harm") and row["danger"] is not True]
    assert untold == [] and [at for at, _, row in held if not isinstance(row["danger"], bool)] == []


#: Topics that are newer than the files `sealed_*.jsonl`, which are never extended.
LATER = {
    "ask_belongings", "ask_charges", "ask_denied", "ask_helping", "ask_next", "ask_order_types", "ask_pressure", "ask_testify",
    "enforce_order", "extend_order", "keep_order", "something_else",
}  # fmt: skip


def test_the_sealed_set_asks_about_every_topic_and_says_nothing_twice():
    held = [row for _, _, row in rows("sealed_*.jsonl")]
    topics = Counter(row["topic"] for row in held)
    assert {intent: topics[intent] for intent in INTENTS - LATER - {"nlu_fallback"} if topics[intent] < 4} == {}
    assert len({row["text"].casefold() for row in held}) == len(held)
