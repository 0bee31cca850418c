"""The chat as plain pages: no script, no socket. For browsers and networks where the widget does not work.

Its words stand in ``widget/site/plain.html``, which is cut here into the parts between ``<!-- name -->`` lines.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from string import Template

from whichpath.channels.guards.headers import with_styles
from whichpath.channels.output import Message, data_of
from whichpath.channels.web.book import Entry
from whichpath.channels.web.files import WIDGET

_LINK = re.compile(r"(https?://[^\s<>\"&]*[^\s<>\"&.,;:!?)])|\b(1-\d{3}-\d{3}-\d{4})\b")
_HEADING_LENGTH = 60
_PAGE = WIDGET / "site" / "plain.html"
_ITEM = re.compile(r"^(?:(-)|\d+[.)])\s+(.*)$")


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, Template]:
    pieces = re.split(r"<!-- (\w+) -->\n", with_styles(_PAGE)[0])
    return {name: Template(text.strip()) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def styles() -> str:
    """The hash of the page's own styles, for its policy."""
    return with_styles(_PAGE)[1]


def _fill(part: str, **values: str) -> str:
    return _parts()[part].substitute(values)


def _linked(line: str) -> str:
    def link(found: re.Match[str]) -> str:
        text = found[0]
        target = text if found[1] else f"tel:{text.replace('-', '')}"
        return f'<a href="{target}" rel="noreferrer">{text}</a>'

    return _LINK.sub(link, escape(line, quote=False))


def prose(text: str) -> str:
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
            parts.append(f"<h2>{_linked(line[:-1])}</h2>")
        else:
            parts.append(f"<p>{_linked(line)}</p>")
    return "".join(parts) + (f"</{tag}>" if tag else "")


def _source(source: Mapping[str, str]) -> str:
    title, url = escape(source["title"]), source.get("url", "")
    return f'<a href="{escape(url)}" rel="noreferrer">{title}</a>' if url.startswith("http") else title


def _answer(message: Message) -> str:
    data = data_of(message)
    sources = "".join(f"<li>{_source(source)}</li>" for source in data.get("sources") or ())
    buttons = "".join(
        _fill("choice", payload=escape(b["payload"]), title=escape(b["title"])) for b in message.get("buttons") or ()
    )
    return _fill(
        "answer",
        kind="safety" if data.get("safety") or data.get("guard") else "card" if data.get("legal") else "plain",
        body=prose(str(message.get("text") or "")),
        sources=_fill("sources", items=sources, reviewed=escape(str(data.get("reviewed") or ""))) if sources else "",
        buttons=f'<div class="choices">{buttons}</div>' if buttons else "",
    )


def page(token: str, entries: Sequence[Entry]) -> str:
    """The whole page of the session ``token`` (empty: none yet), with what was said."""
    lines = []
    last = max((at for at, entry in enumerate(entries) if entry["who"] == "me"), default=-1)
    for at, entry in enumerate(entries):
        if entry["who"] == "me":
            # The page opens where the last question stands.
            lines.append(_fill("question", text=escape(entry["text"]), mark=' id="latest"' if at == last else ""))
        else:
            lines.append(_answer(entry["message"]))
    return _fill(
        "page",
        session=escape(token),
        # A page that is sent twice (reload) brings the same id, and is answered once.
        question=secrets.token_hex(12),
        lines="\n".join(lines),
    )
