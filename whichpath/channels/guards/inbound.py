"""Sanitises a message before Rasa sees it: size, control characters, markup, typed payloads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from whichpath.channels.choices import plain_digits
from whichpath.channels.guards.payloads import as_issued
from whichpath.channels.guards.redact import Redacted, redact

#: Characters after trimming. A 100 KB message would hold up every user for over a minute.
LIMIT = 1000
#: Of a longer message the start and the end are read: people usually report first and ask last.
HEAD, TAIL = 700, 300
#: How much of it is searched for names and numbers.
WIDE = 3_000
#: Text beyond this is dropped before it is cleaned.
HARD_LIMIT = 20_000
_CUT = " … "

_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z!][^<>]{0,500}>", re.DOTALL)
_SPACE = re.compile(r"\s+")
#: Cc: control; Cf: invisible, such as marks that reverse the order of text; Co, Cs: no characters.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_SLASHES = re.compile(r"^[\s/]+")


@dataclass(frozen=True)
class Inbound:
    """A message as Rasa sees it.

    ``text`` is ``None`` where there are no words in it (empty, white space, emoji alone); ``cut`` says that it was too
    long and its middle left out; ``pressed`` that it is a payload of ours; ``found`` counts the redacted personal data
    by kind.
    """

    text: str | None
    cut: bool = False
    pressed: bool = False
    found: Mapping[str, int] = field(default_factory=dict)


def clean(raw: str) -> str:
    """``raw`` without control and invisible characters and without tags, white space folded."""
    text = unicodedata.normalize("NFC", raw)
    text = "".join(" " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _UNSEEN)
    text = _TAG.sub(" ", text)
    return _SPACE.sub(" ", text).strip()


def shorten(text: str) -> str:
    """Start and end of ``text``, at most :data:`LIMIT` characters, cut between words where there are any."""
    head = text[: HEAD - len(_CUT)]
    tail = text[-TAIL:]
    return f"{head.rsplit(' ', 1)[0]}{_CUT}{tail.split(' ', 1)[-1]}"


def without_names(text: str) -> Redacted:
    """``text`` (start and end of a very long one) without personal data."""
    return redact(text if len(text) <= WIDE else f"{text[: WIDE // 2]}{_CUT}{text[-WIDE // 2 :]}")


def read(raw: str) -> Inbound:
    """``raw`` as Rasa may see it."""
    kept = raw if len(raw) <= HARD_LIMIT else raw[: HARD_LIMIT // 2] + " " + raw[-HARD_LIMIT // 2 :]
    payload = as_issued(kept.strip())
    if payload is not None:
        return Inbound(payload, pressed=True)
    text = _SLASHES.sub("", clean(plain_digits(kept)))
    if not any(c.isalnum() for c in text):
        return Inbound(None)
    # Before the middle is dropped, because half a phone number would not be recognised.
    redacted = without_names(text)
    text = redacted.text
    if len(text) > LIMIT:
        return Inbound(_SLASHES.sub("", shorten(text)), cut=True, found=redacted.found)
    return Inbound(text, cut=len(raw) > HARD_LIMIT, found=redacted.found)
