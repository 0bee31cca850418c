"""One answer as it will be shown, before it goes live: ``whichpath preview ENTRY --role restrained --state CA``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from whichpath.console import Stop
from whichpath.library.entries import Answers, Entry, load_answers
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.pathway.compose import Composer
from whichpath.pathway.routes import route_of


@lru_cache(maxsize=1)
def library() -> tuple[Answers, Composer]:
    """All answers, and what renders them: read once a process."""
    return load_answers(), Composer(load_states())


def preview(entry_id: str, known: Situation) -> Iterator[str]:
    """The lines of every variant that fits the known situation.

    Raises:
        Stop: there is no such entry.
    """
    answers, composer = library()
    if entry_id not in answers:
        near = [entry.id for entry in answers if entry_id.lower() in f"{entry.id} {entry.question}".lower()]
        raise Stop(f"There is no entry '{entry_id}'." + (f" Near it: {', '.join(near[:8])}." if near else ""))
    entry = answers[entry_id]
    choices = entry.choices(known)
    if not choices:
        yield "No variant fits: somebody of whom this is known is not shown this entry."
    titles = read_yaml(CONTENT / "topics.yml")
    for number in choices:
        fits = ", ".join(f"{name}: {'/'.join(values)}" for name, values in entry.variants[number].fits.items())
        yield f"=== {entry.id}, variant {number + 1} ({fits or 'for everybody'})"
        yield from _shown(composer, entry, number, known)
    if len(choices) > 1:
        yield f"=== {len(choices)} variants fit. Asked first: {entry.missing(choices, known) or 'nothing'}"
    for other in entry.next:
        yield f"button: {answers[other].question}"
    yield f"topic:  {titles.get(entry.topic, entry.topic)}"


def _shown(composer: Composer, entry: Entry, number: int, known: Situation) -> Iterator[str]:
    shown = composer.entry(entry, number, known, route_of(known))
    yield shown.text
    for section in shown.data.get("sections") or ():
        yield f"\n[+] {section['title']}\n{section['text']}"
    if "sms" in shown.data:
        yield f"\nSMS ({len(shown.data['sms'])} characters): {shown.data['sms']}"
    review = shown.data.get("review") or entry.review
    yield f"\nreviewed {shown.data.get('reviewed')}, {review}"
