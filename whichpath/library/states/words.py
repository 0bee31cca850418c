"""What a person's state adds to their path, in plain words: the lines of a pack put together, with their sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from whichpath.library.cards import SMS_CARD_LIMIT, Source
from whichpath.library.situation import Situation
from whichpath.library.states.lines import Said, Teller
from whichpath.library.states.pack import Fact, Pack, link
from whichpath.library.states.templates import Words, place

#: Characters that a state has in the short form of a card on a topic.
BESIDE = 140
#: Pages of low worth are cited by their section, or by name, but not sent to people as a link.
_LINKED = ("official_or_statute", "womenslaw", "legal_aid_or_library", "bar")


@dataclass(frozen=True)
class Local:
    """What a state adds. ``facts`` are those that the words rest on."""

    title: str
    text: str
    sms: str
    sources: tuple[Source, ...]
    reviewed: dt.date
    facts: tuple[Fact, ...] = ()


def told(
    pack: Pack | None,
    name: str,
    words: Words,
    situation: Situation,
    today: dt.date,
    fields: tuple[str, ...] | None = None,
    other: str | None = None,
) -> Local | None:
    """What ``pack`` adds for the person in ``situation`` on ``today``; names the clerk where that is nothing.

    ``fields`` limits it to the lines on one subject; ``None`` where the pack has nothing on that.
    ``other`` is the name of a second state in the person's story.
    """
    teller = Teller(pack, words, situation, today) if pack else None
    # Where a hearing has to be asked for, that is said whatever the question is.
    lead = list(teller.lead()) if teller else []
    lines = [line for line in teller.lines() if line.about(fields)] if teller else []
    law = Source(title=words.two_states_source)
    if other:
        names = {"state": place(name, words), "other": place(other, words)}
        lead = [Said(words.two_states.format(**names), (), words.two_states_sms.format(state=name)), *lead]
    said = [*lead, *lines]
    if fields is not None and not any(line.sms for line in said):
        said = [line.brief() for line in said]
    facts = [pair for line in said for pair in line.facts]
    if not facts and fields is not None:
        return None
    if not facts:
        source, words_place = Source(title=words.nothing_source), place(name, words)
        text, sms = words.nothing.format(state=words_place), words.nothing_sms.format(state=name)
        return Local(words.title.format(state=words_place), text, sms, (source,), words.reviewed)
    reviewed = min(fact.reviewed for _, fact in facts)
    close = words.close.format(date=f"{reviewed:%B} {reviewed.day}, {reviewed.year}")
    rows = [words.heading.format(state=place(name, words)), *(f"- {line.text}" for line in lines)] if lines else []
    body = "\n".join(rows)
    return Local(
        title=words.title.format(state=place(name, words)),
        text="\n\n".join(filter(None, [*(line.text for line in lead), body, close])),
        sms=short(said, name, words.close_sms) if fields is None else beside(said, name, words.close_sms),
        sources=(*((law,) if other else ()), *sources_of(facts, name, words)),
        reviewed=reviewed,
        facts=tuple(dict.fromkeys(fact for _, fact in facts)),
    )


def urgent(pack: Pack, name: str, words: Words, situation: Situation, today: dt.date) -> Local | None:
    """The lines that come first where a late request can cost the right to a hearing; else ``None``."""
    teller = Teller(pack, words, situation, today)
    lines = [] if teller.criminal else list(teller.lead())
    facts = [pair for line in lines for pair in line.facts]
    if not facts:
        return None
    text = "\n\n".join(line.text for line in lines)
    sources, reviewed = tuple(sources_of(facts, name, words)), min(fact.reviewed for _, fact in facts)
    known = tuple(fact for _, fact in facts)
    return Local(
        words.title.format(state=place(name, words)),
        text,
        beside(lines, name, words.close_sms),
        sources,
        reviewed,
        known,
    )


def beside(lines: list[Said], name: str, close: str) -> str:
    """The short form beside a card's own, which keeps some room; empty where no line has one."""
    return short(lines, name, close, BESIDE) if any(line.sms for line in lines) else ""


def short(lines: list[Said], name: str, close: str, limit: int = SMS_CARD_LIMIT) -> str:
    """As many of the lines' short forms as fit into one card's SMS, the most urgent first."""
    room, parts = limit - len(close) - 1, []
    for line in lines:
        if line.sms:
            part = line.sms if parts or line.sms.startswith(name) else f"{name}: {line.sms}"
            if len(" ".join([*parts, part])) <= room:
                parts.append(part)
    return " ".join([*parts, close]) if parts else f"{name}: {close}"


def sources_of(facts: list[tuple[str, Fact]], name: str, words: Words) -> Iterator[Source]:
    """Where the facts stand, each place once."""
    found: dict[str, list[str]] = {}
    for field, fact in facts:
        # A page that is itself the fact is its own source: lists of links are nothing to send people to.
        address = str(fact.value) if fact.source_kind == "code_list" else fact.source
        address = link(address) if fact.source_kind in (*_LINKED, "code_list") else None
        host = (urlsplit(fact.source or "").hostname or "").removeprefix("www.")
        title = fact.citation or f"{name}, {words.sources[field]}"
        if address is None and not fact.citation and host:
            title = f"{title} ({host})"
        found.setdefault(address or f"no address: {title}", []).append(title)
    for address, titles in found.items():
        title = "; ".join(dict.fromkeys(titles))
        yield Source(title=title, url=address if address.startswith("http") else None)
