"""The content passes the content gate, and each kind of planted fault is found and named."""

from __future__ import annotations

import datetime as dt

import pytest
import textstat
import yaml

from whichpath.library import gate
from whichpath.library.entries import Entry, load_answers
from whichpath.library.files import CONTENT, ContentError, read_yaml
from whichpath.library.gate import states, whole, words
from whichpath.library.topics import TOPICS
from whichpath.settings import ROOT


def test_the_content_passes():
    assert [str(fault) for fault in gate.faults()] == []


def test_the_grade_is_that_of_the_field():
    text = "You can ask the judge to end the order. The judge decides."
    assert words.grade(text) == textstat.flesch_kincaid_grade(text)


GOOD = {
    "id": "may_i_write",
    "question": "May I write a letter?",
    "topic": "ask_contact",
    "sources": [{"title": "18 U.S.C. § 2265", "url": "https://www.law.cornell.edu/uscode/text/18/2265"}],
    "reviewed": dt.date(2026, 11, 29),
    "expires": dt.date(2027, 9, 30),
    "variants": [{"answer": "No, not while the order says no contact.", "sms": "No, not while it says no contact."}],
}


def entry(**changes) -> Entry:
    variant = {
        **GOOD["variants"][0],
        **{k: v for k, v in changes.items() if k in ("answer", "do", "more", "sms", "facts")},
    }
    rest = {k: v for k, v in changes.items() if k not in variant or k in GOOD}
    return Entry(**{**GOOD, **{k: v for k, v in rest.items() if k in GOOD or k == "next"}, "variants": [variant]})


def test_a_good_entry_passes():
    assert list(words.faults("questions/ask_contact.yml", entry())) == []


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"answer": "No. You will probably win."}, "answer", "probably"),
        ({"answer": "No. You should wait for the judge."}, "answer", "should"),
        ({"answer": "No. The victim can end it."}, "answer", "presumes guilt"),
        ({"answer": "No. You have 14 days for it."}, "answer", "number 14"),
        ({"answer": "No. This is not legal advice."}, "answer", "notice"),
        ({"answer": "No. TODO write it."}, "answer", "not finished"),
        ({"answer": "No, see https://example.org for more."}, "answer", "plain text"),
        ({"answer": "No, not while the order says it"}, "answer", "end mark"),
        ({"answer": "Notwithstanding jurisdictional considerations, communication necessitates authorization."}, "answer", "grade"),
        ({"answer": f"No, {'and no ' * 11}again."}, "answer", "sentence of"),
        ({"do": ["Ask the clerk"]}, "do.1", "end mark"),
        ({"more": [{"title": "What it means", "text": "It will be easy for you."}]}, "more.1", "easy"),
        ({"sms": "No, not while it says “no”."}, "sms", "alphabet"),
        ({"sources": [{"title": "A copy", "url": "https://nocache.example.org/x"}]}, "sources", "mirror"),
    ],
)  # fmt: skip
def test_words_that_may_not_stand(changes, field, said):
    found = list(words.faults("questions/ask_contact.yml", entry(**changes)))
    assert [f for f in found if f.field.endswith(field) and said in f.text], found
    assert all(f.file == "questions/ask_contact.yml" and f.entry == "may_i_write" for f in found)
    assert "questions/ask_contact.yml, entry may_i_write, field " in str(found[0])


@pytest.fixture
def project(tmp_path):
    """A consistent project with one entry, in which most topics have none."""
    for folder in ("content", "data/nlu/ask_contact"):
        (tmp_path / folder).mkdir(parents=True)
    write(tmp_path / "content" / "topics.yml", dict.fromkeys(TOPICS, "A title"))
    write(tmp_path / "content" / "facts.yml", {"X1": {}, "A1": {}})
    write(tmp_path / "domain.yml", {"intents": list(TOPICS)})
    learn(tmp_path, "ask_contact/may_i_write", [f"may i write {n}" for n in range(12)])
    return tmp_path


def write(path, rows):
    path.write_text(yaml.safe_dump(rows), encoding="utf-8")


def learn(project, label, texts):
    block = {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
    write(
        project / "data" / "nlu" / "ask_contact" / f"{label.replace('/', '_')}.yml", {"version": "3.1", "nlu": [block]}
    )


def said(project, *entries):
    rows = [("questions/ask_contact.yml", one) for one in entries]
    return [str(f) for f in whole.faults(project, rows) if not f.text.endswith("has no entry")]


def test_what_fits_together_passes(project):
    assert said(project, entry(facts=["A1"])) == []


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([entry(facts=["A1"]), entry(facts=["A1"])], "stands twice"),
        ([entry(facts=["A1"], next=["no_such_entry"])], "no entry 'no_such_entry'"),
        ([entry(facts=["A1"], next=["may_i_write"])], "names itself"),
        ([entry(facts=["A1", "Z9"])], "no fact 'Z9'"),
        ([entry()], "facts.yml, entry A1: stated by no entry"),
        ([entry(facts=["A1"], topic="ask_guns")], "not the file's name"),
    ],
)
def test_entries_that_do_not_fit(project, entries, fault):
    assert any(fault in line for line in said(project, *entries)), said(project, *entries)


def test_examples_that_do_not_fit(project):
    learn(project, "ask_contact/may_i_write", ["may i write"])
    assert any(
        "1 examples of ask_contact/may_i_write, at least 12" in line for line in said(project, entry(facts=["A1"]))
    )
    learn(project, "ask_contact/gone", ["may i write"])
    lines = said(project, entry(facts=["A1"]))
    assert any("ask_contact/gone: there is no such entry" in line for line in lines)
    assert any("also an example of" in line for line in lines)


def test_a_topic_without_title_intent_or_entry(project):
    write(project / "content" / "topics.yml", {t: "A title" for t in TOPICS if t != "ask_guns"} | {"help": "x" * 41})
    write(project / "domain.yml", {"intents": [t for t in TOPICS if t != "ask_record"]})
    lines = [str(fault) for fault in whole.faults(project, [("questions/ask_contact.yml", entry(facts=["A1"]))])]
    assert "topics.yml, entry ask_guns: has no title" in lines
    assert "domain.yml, entry ask_record, field intents: the topic has no intent" in lines
    assert "questions/ask_guns.yml: the topic has no entry" in lines
    assert any("3 to 40 characters" in line for line in lines)


RULE = {
    "field": "fee",
    "order_types": ["domestic"],
    "line": "It costs nothing to file.",
    "value": "No fee for petitions.",
    "source": "https://courts.example.gov/fees",
    "source_kind": "official_or_statute",
    "confidence": "seen",
    "reviewed": dt.date(2026, 11, 29),
    "expires": dt.date(2027, 9, 30),
}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        ({"line": "It costs $50 to file."}, "number 50"),
        ({"line": "It will likely cost nothing."}, "likely"),
        ({"line": "He pays nothing to file."}, "gender"),
        ({"line": "it costs nothing to file"}, "full stop"),
        ({"line": "It costs nothing, see www.example.org now."}, "plain text"),
        ({"sms": "x" * 101}, "101 characters"),
        ({"roles": ["protected", "restrained"]}, "both roles"),
        ({"order_types": ["criminal", "domestic"]}, "criminal order beside"),
        ({"source": "https://www.asbar.org/x"}, "no page to rely on"),
        ({"value": "to check with the clerk"}, "still to be checked"),
        ({"field": "feee"}, "is none of"),
    ],
)
def test_rules_of_a_state(tmp_path, changes, fault):
    path = tmp_path / "CA.yml"
    write(path, [{**RULE, **changes}])
    found = [str(f) for f in states.faults(path)]
    assert any(fault in line for line in found) if fault else found == []
    assert all(line.startswith("rules/CA.yml") for line in found)


def test_a_rule_that_stands_twice(tmp_path):
    write(tmp_path / "CA.yml", [RULE, RULE])
    assert any("stands twice" in str(fault) for fault in states.faults(tmp_path / "CA.yml"))


def test_nothing_that_the_bot_says_itself_is_advice():
    """The same rule applies to the texts of the conversation, the channels and the reminders."""
    domain = read_yaml(ROOT / "domain.yml")["responses"]
    texts = {name: row.get("text") or "" for name, rows in domain.items() for row in rows}
    for name in ("sms", "telegram", "reminders", "guard", "notice"):
        texts[name] = (CONTENT / f"{name}.yml").read_text(encoding="utf-8")
    odds = words.re.compile(r"\b(odds|chances? of|probably|guarantee[ds]?|(?:will|can) win)\b", words.re.I)
    assert {name: found[0] for name, text in texts.items() if (found := odds.search(text))} == {}


def test_there_are_enough_entries():
    assert len(load_answers().questions()) >= 250


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2\n", "rows:\n- id: x\n  answer: one\n  answer: two\n", "a: {b: 1, b: 2}\n"]
)
def test_a_key_that_stands_twice_is_refused(tmp_path, text):
    path = tmp_path / "file.yml"
    path.write_text(text)
    with pytest.raises(ContentError, match=r"file.yml line \d+: '\w+' stands twice"):
        read_yaml(path)
