"""The rules on cross-references between entries, examples, topics, titles, facts and the domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from whichpath.library.entries import PATH, Entry
from whichpath.library.files import read_yaml
from whichpath.library.gate.fault import Fault
from whichpath.library.topics import TOPICS

#: Least number of training examples per entry.
MIN_EXAMPLES = 12
#: Texts that ``whichpath/pathway/compose.py`` attaches to every message: the notice and the referral.
ATTACHED = {"X1", "X2"}
MAX_TITLE = 40
Read = Iterable[tuple[str, Entry]]


def examples_of(data: Path) -> dict[str, tuple[str, list[str]]]:
    """Retrieval intent ``topic/entry`` -> (file, examples), from ``data/nlu``."""
    found: dict[str, tuple[str, list[str]]] = {}
    for path in sorted(data.rglob("*.yml")):
        for block in (read_yaml(path) or {}).get("nlu") or ():
            if "/" in block.get("intent", ""):
                lines = (line.strip() for line in (block.get("examples") or "").splitlines())
                file = str(path.relative_to(data.parents[1]))
                texts = found.setdefault(block["intent"], (file, []))[1]
                texts.extend(line[2:].strip() for line in lines if line.startswith("- "))
    return found


def faults(root: Path, read: Read) -> Iterator[Fault]:
    """Every inconsistency in the project at ``root``."""
    rows = list(read)
    yield from _ids(rows)
    yield from _examples(examples_of(root / "data" / "nlu"), rows)
    yield from _topics(root, rows)
    yield from _facts(read_yaml(root / "content" / "facts.yml"), rows)


def _ids(rows: list[tuple[str, Entry]]) -> Iterator[Fault]:
    known = Counter(entry.id for _file, entry in rows)
    questions = Counter(entry.question.lower() for _file, entry in rows)
    for file, entry in rows:
        if known[entry.id] > 1:
            yield Fault(file, entry.id, "id", "stands twice")
        if questions[entry.question.lower()] > 1:
            yield Fault(file, entry.id, "question", f"stands twice: {entry.question}")
        if entry.topic != Path(file).stem and entry.topic != PATH:
            yield Fault(file, entry.id, "topic", f"'{entry.topic}' is not the file's name")
        if len(set(entry.next)) < len(entry.next) or entry.id in entry.next:
            yield Fault(file, entry.id, "next", "names itself, or a question twice")
        for other in entry.next:
            if other not in known:
                yield Fault(file, entry.id, "next", f"there is no entry '{other}'")


def _examples(examples: Mapping[str, tuple[str, list[str]]], rows: list[tuple[str, Entry]]) -> Iterator[Fault]:
    labels = set()
    for _file, entry in rows:
        if entry.topic == PATH:
            continue
        label = f"{entry.topic}/{entry.id}"
        labels.add(label)
        count = len(examples.get(label, ("", []))[1])
        if count < MIN_EXAMPLES:
            text = f"{count} examples of {label}, at least {MIN_EXAMPLES}"
            yield Fault(f"data/nlu/{entry.topic}/questions.yml", entry.id, "examples", text)
    for label, (file, _texts) in examples.items():
        if label not in labels:
            yield Fault(
                file, label.partition("/")[2], "intent", f"{label}: there is no such entry in content/questions"
            )
    owners: dict[str, str] = {}
    for label, (file, texts) in examples.items():
        for text in texts:
            other = owners.setdefault(" ".join(text.lower().split()), label)
            if other != label:
                yield Fault(file, label.partition("/")[2], "examples", f"also an example of {other}: {text}")


def _topics(root: Path, rows: list[tuple[str, Entry]]) -> Iterator[Fault]:
    titles: dict[str, Any] = read_yaml(root / "content" / "topics.yml") or {}
    intents = {i if isinstance(i, str) else next(iter(i)) for i in read_yaml(root / "domain.yml").get("intents") or ()}
    asked = {entry.topic for _file, entry in rows}
    for topic in TOPICS:
        if topic not in titles:
            yield Fault("topics.yml", topic, "", "has no title")
        if topic not in intents:
            yield Fault("domain.yml", topic, "intents", "the topic has no intent")
        if topic not in asked:
            yield Fault(f"questions/{topic}.yml", "", "", "the topic has no entry")
    for topic in sorted(asked - {*TOPICS, PATH}):
        yield Fault(f"questions/{topic}.yml", "", "topic", "no topic of whichpath/library/topics.py")
    for name, title in titles.items():
        if not isinstance(title, str) or not 3 <= len(title) <= MAX_TITLE:
            yield Fault("topics.yml", str(name), "", f"a title has 3 to {MAX_TITLE} characters")


def _facts(facts: Mapping[str, Any], rows: list[tuple[str, Entry]]) -> Iterator[Fault]:
    stated = set()
    for file, entry in rows:
        for number, variant in enumerate(entry.variants, 1):
            stated |= set(variant.facts)
            for fact in variant.facts:
                if fact not in facts:
                    yield Fault(file, entry.id, f"variants.{number}.facts", f"there is no fact '{fact}'")
    for fact in facts:
        if fact not in stated and fact not in ATTACHED:
            yield Fault("facts.yml", fact, "", "stated by no entry and no path")
