"""Lawyers' reviews: what is reviewed and what is not; a printable page for a topic or a state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from whichpath.console import Stop
from whichpath.library.entries import PATH, Entry, Review, Source, load_answers
from whichpath.library.rules import Rule, load_rules
from whichpath.library.states.packs import load_states
from whichpath.library.topics import TOPICS
from whichpath.settings import ROOT

OUT = ROOT / "reports" / "review"
_STYLE = (
    "body{font:11pt/1.4 sans-serif;max-width:60em;margin:2em auto}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.4em;vertical-align:top;text-align:left}tr{break-inside:avoid}"
)


def waiting() -> Iterator[str]:
    """One line a topic and one for the states: how much was reviewed by a lawyer."""
    answers = load_answers()
    for topic in (*TOPICS, PATH):
        states = [v.review or e.review for e in answers if e.topic == topic for v in e.variants]
        yield _line(topic, "answers", states)
    rules = load_rules(load_states().names()).rules
    yield _line(f"{len(rules)} states", "lines", [rule.review for rows in rules.values() for rule in rows])


def _line(name: str, what: str, reviews: Sequence[str | Review]) -> str:
    checked = sum(isinstance(review, Review) for review in reviews)
    return f"{name:20} {len(reviews):5} {what}, {checked} checked by a lawyer, {len(reviews) - checked} wait"


def sheet(name: str, folder: Path = OUT) -> Path:
    """Writes the page of a topic (``ask_contact``, ``path``) or a state (``CA``). Returns its path.

    Raises:
        Stop: it is neither.
    """
    answers, states = load_answers(), load_states()
    entries = [entry for entry in answers if entry.topic == name]
    if name in states.packs:
        title, rows = states.packs[name].name, _rules(load_rules(states.names()).rules.get(name, ()))
    elif entries:
        title, rows = name, _entries(entries)
    else:
        raise Stop(f"'{name}' is neither a topic ({', '.join(TOPICS)}, {PATH}) nor a state's two letters.")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.html"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>Checked by: ____________________ &nbsp; on: ____________</p><table>"
        f"<tr><th>For</th><th>What people read</th><th>What it rests on</th><th>Right?</th></tr>{''.join(rows)}"
        "</table></html>",
        encoding="utf-8",
    )
    return path


def _row(whose: str, text: str, sources: str, review: str | Review) -> str:
    mark = f"{review.by}, {review.on}" if isinstance(review, Review) else ""
    return f"<tr><td>{whose}</td><td>{text}</td><td>{sources}</td><td>{escape(mark)}</td></tr>"


def _entries(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield f'<tr><th colspan="4">{escape(entry.question)} ({entry.id}), expires {entry.expires}</th></tr>'
        for variant in entry.variants:
            whose = "<br>".join(f"{name}: {', '.join(values)}" for name, values in variant.fits.items())
            steps = "".join(f"<li>{escape(step)}</li>" for step in variant.do)
            folds = "".join(f"<p><b>{escape(fold.title)}</b>: {escape(fold.text)}</p>" for fold in variant.more)
            text = f"<p>{escape(variant.answer)}</p><ol>{steps}</ol>{folds}{_sms(variant.sms)}"
            sources = "<br>".join(map(_source, entry.sources_of(variant)))
            yield _row(whose or "everybody", text, sources, variant.review or entry.review)


def _sms(text: str | None) -> str:
    return f"<p><small>SMS: {escape(text)}</small></p>" if text else ""


def _source(source: Source) -> str:
    rest = "; ".join(filter(None, [source.url, source.page_date and f"page of {source.page_date}", source.says]))
    return escape(f"{source.title}: {rest}" if rest else source.title)


def _rules(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        parts = (rule.order_types or ("any order",), rule.roles or ("both sides",), rule.stages or ("any stage",))
        whose = f"<b>{rule.field}</b><br>" + "<br>".join(", ".join(part) for part in parts)
        source = escape("; ".join(filter(None, [rule.value, rule.citation, rule.source, rule.page_date])))
        yield _row(whose, f"{escape(rule.line)}{_sms(rule.sms)}", source, rule.review)
