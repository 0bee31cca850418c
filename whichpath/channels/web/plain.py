"""The chat as plain HTML pages, with the layout of the widget: no script, no socket.

For browsers and networks where the widget does not work.

Its text is in ``widget/site/plain.html``, which is split at the ``<!-- name -->`` lines.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from string import Template
from typing import Any

from whichpath.channels.guards.headers import with_styles
from whichpath.channels.output import Message, data_of
from whichpath.channels.web.files import WIDGET
from whichpath.channels.web.transcript import Entry
from whichpath.library.organisation import load_organisation_texts
from whichpath.library.states.packs import load_states

_LINK = re.compile(r"(https?://[^\s<>\"&]*[^\s<>\"&.,;:!?)])|\b(1-\d{3}-\d{3}-\d{4})\b")
_HEADING_LENGTH = 60
_PAGE = WIDGET / "site" / "plain.html"
_ITEM = re.compile(r"^(?:(-)|\d+[.)])\s+(.*)$")
#: As in widget/src/card.ts: the imperative of a step, the name of a state before its line, folds.
_FIRST = re.compile(r"^(.{1,43}?[.:?])(\s.*)$", re.DOTALL)
_LOCAL = re.compile(r"^([^,:]+)([^:]*:)(.*)$", re.DOTALL)
_FOLDS, _STEPS = 3, 3


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, Template]:
    pieces = re.split(r"<!-- (\w+) -->\n", with_styles(_PAGE)[0])
    return {name: Template(text.strip()) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def styles() -> str:
    """The hash of the inline styles, for the Content-Security-Policy."""
    return with_styles(_PAGE)[1]


def _fill(part: str, **values: str) -> str:
    return _parts()[part].substitute(values)


def _linked(line: str) -> str:
    def link(found: re.Match[str]) -> str:
        text = found[0]
        target = text if found[1] else f"tel:{text.replace('-', '')}"
        return f'<a href="{target}" rel="noreferrer">{text}</a>'

    return _LINK.sub(link, escape(line, quote=False))


def prose(text: str, heading: str = "h3") -> str:
    """Lines as paragraphs, lists and headings (a short line that ends in a colon)."""
    parts: list[str] = []
    tag = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        item = _ITEM.match(line)
        wanted = ("ul" if item[1] else "ol") if item else ""
        if wanted != tag:
            parts.append((f"</{tag}>" if tag else "") + (f"<{wanted}>" if wanted else ""))
            tag = wanted
        if item:
            parts.append(f"<li>{_linked(item[2])}</li>")
        elif line.endswith(":") and len(line) < _HEADING_LENGTH:
            parts.append(f"<{heading}>{_linked(line[:-1])}</{heading}>")
        else:
            parts.append(f"<p>{_linked(line)}</p>")
    return "".join(parts) + (f"</{tag}>" if tag else "")


def _outside(title: str, url: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(title)}</a>' if url.startswith("http") else escape(title)


def _date(iso: str, calendar: str = "") -> str:
    """The line with the day in court, the days left and its calendar link."""
    day = dt.date.fromisoformat(iso)
    days = (day - dt.date.today()).days
    far = _fill("today") if days == 0 else _fill("days" if days > 0 else "past", number=str(abs(days)))
    link = _fill("calendar", url=escape(calendar)) if calendar.startswith("http") else ""
    return _fill("date", day=iso, shown=f"{day:%a, %b} {day.day}", far=far, calendar=link)


def _step(step: str) -> str:
    found = _FIRST.match(step)
    return f"<li><b>{_linked(found[1])}</b>{_linked(found[2])}</li>" if found else f"<li>{_linked(step)}</li>"


def _brief(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The text before the folds (``whichpath/pathway/brief.py``)."""
    return data.get("brief") or {"answer": data["answer"], "local": None, "steps": _STEPS}


def _told(data: Mapping[str, Any]) -> str:
    """The answer; lines of the person's state are separate."""
    told = _brief(data)
    found = _LOCAL.match(told["local"] or "")
    here = _fill("here", state=_linked(found[1] + found[2]), line=_linked(found[3])) if found else ""
    return prose(told["answer"]) + here


def _steps(steps: Sequence[str], first: int = 1) -> str:
    return _fill("list", first=str(first), items="".join(map(_step, steps)))


def _folds(data: Mapping[str, Any]) -> list[str]:
    """At most three folds; the last one holds the rest. Text without room before the folds comes first."""
    told, steps, local = _brief(data), data.get("steps") or [], data.get("local")
    seen, found = told["steps"], _LOCAL.match(local or "")
    sections: list[tuple[str, str, str]] = []
    if len(steps) > seen:
        part = "step" if len(steps) == seen + 1 else "steps_to"
        name = _fill(part, number=str(seen + 1), to=str(len(steps)))
        sections.append((name, _steps(steps[seen:], seen + 1), ""))
    if found and local != told["local"]:
        sections.append((found[1], prose(found[3]), ""))
    sections += [(s["title"], prose(s["text"]), s.get("lang", "")) for s in data.get("sections") or ()]
    alone = sections if len(sections) <= _FOLDS else sections[: _FOLDS - 1]
    folds = [_fill("fold", title=escape(title), body=_in(lang, body)) for title, body, lang in alone]
    rest = "".join(f"<h3>{escape(title)}</h3>{body}" for title, body, _lang in sections[len(alone) :])
    return [*folds, _fill("more", body=rest)] if rest else folds


def _in(lang: str, body: str) -> str:
    return f'<div lang="{escape(lang)}">{body}</div>' if lang else body


def _notice(data: Mapping[str, Any]) -> str:
    """The notice in one line, with the full text below it."""
    whole, short = _linked(str(data.get("notice") or "")), data.get("notice_short")
    return _fill("notice_fold", short=escape(short), whole=whole) if short else f"<p>{whole}</p>"


def _terms(data: Mapping[str, Any]) -> str:
    """Legal terms in the answer, each with its explanation."""
    rows = (_fill("term", term=escape(t["term"]), text=escape(t["text"])) for t in data.get("terms") or ())
    items = "".join(rows)
    return _fill("terms", items=items) if items else ""


def organisation() -> str:
    """The organisation that runs the bot; empty where none is named."""
    texts = load_organisation_texts()
    own = texts.public()
    if not own["name"]:
        return ""
    phone = str(own["phone"] or "")
    lines = [
        _fill("logo", url=escape(own["logo"])) if own["logo"] else "",
        f"<p><b>{escape(texts.line('hello') or own['name'])}</b></p>",
        f"<p>{escape(texts.hours() or '')}</p>" if texts.hours() else "",
        _fill("phone", digits=re.sub(r"[^+\d]", "", phone), shown=escape(phone)) if phone else "",
        _fill("intake", url=escape(own["intake"])) if own["intake"] else "",
        f"<p>{escape(texts.line('languages') or '')}</p>" if own["languages"] and texts.line("languages") else "",
    ]
    return _fill("organisation", lines="".join(lines))


def _lawyers(referral: str) -> tuple[str, str]:
    """Heading and links of the ways to a lawyer."""
    heading, *lines = filter(None, map(str.strip, referral.split("\n")))
    ways = []
    for line in lines:
        name, _, rest = line.removeprefix("- ").partition(": ")
        short = re.sub(r" in [A-Z][\w. ]+$", "", name.split(",")[0])
        ways.append(_outside(short, rest) if rest.startswith("http") else _linked(line.removeprefix("- ")))
    return escape(re.sub(r",.*:$", ":", heading)), " \u00b7 ".join(ways)


def _card(data: Mapping[str, Any]) -> str:
    """A legal answer: title, answer, day, steps, folds; notice and lawyers are never folded."""
    steps = (data.get("steps") or [])[: _brief(data)["steps"]]
    heading, ways = _lawyers(str(data.get("referral") or "-"))
    items = "".join(f"<li>{_outside(s['title'], s.get('url', ''))}</li>" for s in data.get("sources") or ())
    parts = [
        _fill("lead", text=_linked(str(data["lead"]))) if data.get("lead") else "",
        _fill("title", title=escape(str(data.get("title") or ""))),
        _told(data),
        _date(data["hearing"], str(data.get("calendar") or "")) if data.get("hearing") else "",
        _fill("steps", list=_steps(steps)) if steps else "",
        *_folds(data),
        _terms(data),
        _fill("legal", notice=_notice(data), heading=heading, ways=ways),
        _fill("sources", items=items, reviewed=escape(str(data.get("reviewed") or ""))) if items else "",
    ]
    return "".join(parts)


@lru_cache(maxsize=1)
def _states() -> str:
    rows = sorted((pack.name, code) for code, pack in load_states().packs.items())
    options = (
        _fill("state", payload=escape(f'/inform{{"state": "{code}"}}'), name=escape(name)) for name, code in rows
    )
    return _fill("states", items="".join(options))


def _ways(message: Message, asked: object, last: bool) -> str:
    """The buttons below a message. A field for the state or the day is below the last message only."""
    buttons = "".join(
        _fill("choice", payload=escape(b["payload"]), title=escape(b["title"])) for b in message.get("buttons") or ()
    )
    field = (_states() if asked == "state" else _fill("day") if asked == "hearing_date" else "") if last else ""
    return field + (_fill("choices", items=buttons) if buttons else "")


def _answer(message: Message, last: bool = False) -> str:
    data = data_of(message)
    card = bool(data.get("legal") and data.get("answer"))
    ways = _ways(message, data.get("ask"), last)
    asks = bool(ways) and not card
    day = data.get("hearing") and not card
    body = _card(data) if card else prose(str(message.get("text") or ""), "h2")
    urgent = "safety" if data.get("safety") and not data.get("support") else "fault" if data.get("guard") else ""
    return _fill(
        "answer",
        kind=urgent or ("card" if data.get("legal") else "ask" if asks else "plain"),
        lang=escape(str(data.get("lang") or "en")),
        body=(_date(data["hearing"], str(data.get("calendar") or "")) if day else "") + body + (ways if asks else ""),
        after="" if asks else ways,
    )


def _with_days(entries: Sequence[Entry]) -> list[Entry]:
    """Moves a day in court that follows an answer into that answer, as the widget does."""
    shown: list[Entry] = []
    for entry in entries:
        before, day = shown[-1] if shown else None, data_of(entry.get("message") or {})
        card = data_of(before.get("message") or {}) if before else {}
        if before and day.get("hearing") and not day.get("legal") and card.get("legal") and card.get("answer"):
            data = {**card, "hearing": day["hearing"], "calendar": day.get("calendar")}
            buttons = entry["message"].get("buttons") or before["message"].get("buttons")
            message = {**before["message"], "buttons": buttons, "custom": {"data": data}}
            shown[-1] = {**before, "message": message}
        else:
            shown.append(entry)
    return shown


def _turns(entries: Sequence[Entry]) -> str:
    """Each question with its answers. The page opens at the last question."""
    entries = _with_days(entries)
    last = max((at for at, entry in enumerate(entries) if entry["who"] == "me"), default=-1)
    turns: list[list[str]] = []
    for at, entry in enumerate(entries):
        if entry["who"] == "me" or not turns:
            turns.append([])
        if entry["who"] == "me":
            turns[-1].append(_fill("question", text=escape(entry["text"])))
        else:
            turns[-1].append(_answer(entry["message"], at == len(entries) - 1))
    marks = ["" for _ in turns]
    if turns and last >= 0:
        marks[-1] = ' id="latest"'
    return "\n".join(_fill("turn", mark=m, inside="".join(t)) for m, t in zip(marks, turns, strict=True))


def page(token: str, entries: Sequence[Entry]) -> str:
    """The page of the session ``token`` (empty: none yet), with its transcript."""
    return _fill(
        "page",
        session=escape(token),
        known=_fill("name"),
        # A form that is sent twice (reload) has the same id, and is answered once.
        question=secrets.token_hex(12),
        lines=_turns(entries) or _fill("start") + organisation(),
    )
