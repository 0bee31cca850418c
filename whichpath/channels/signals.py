"""Recognises special messages: reactions ("Liked …"), calls for help, wrong numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from whichpath.channels.choices import words_of
from whichpath.library.channel_words import load_channel_words

#: Longer messages are statements, whatever they begin with.
_LONGEST = 60
_OPENING, _CLOSING = "\"“”„«‘'", "\"”“»’'"


@lru_cache(maxsize=1)
def _reaction() -> re.Pattern[str]:
    """A verb and quoted words to the end, or a verb and "an image"; or an emoji, "to", and quoted words."""
    words = load_channel_words()
    verbs = "|".join(f"(?:{verb})" for verb in words.reactions)
    # The quoted words may be cut off: then they end in dots instead of a quotation mark.
    quoted = rf"[{_OPENING}].*(?:[{_CLOSING}]|…|\.\.\.)"
    emoji = r"[^\w\s\"'“(]{1,12}\s*(?:to|a|en)"
    return re.compile(rf"(?:(?:{verbs})\s*:?\s*(?:{quoted}|{words.reacted_to})|{emoji}\s*{quoted})", re.I | re.S)


def is_reaction(text: str) -> bool:
    """Whether ``text`` is the reaction of a phone to a message of ours."""
    # Android puts invisible spaces around the parts.
    plain = re.sub(r"[\u200a-\u200f\u2060\ufeff\ufe0f]", "", text).strip()
    return _reaction().fullmatch(plain) is not None


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load_channel_words()
    return re.compile("|".join(words.help)), re.compile("|".join(f"(?:{row})" for row in words.wrong_number))


def asks_for_help(text: str) -> bool:
    """Whether ``text`` asks for help, or if anybody is there."""
    return bool(_patterns()[0].search(" ".join(words_of(text[:1000]))))


def is_wrong_number(text: str) -> bool:
    """Whether ``text`` says that we have the wrong number."""
    return len(text) <= _LONGEST and bool(_patterns()[1].fullmatch(" ".join(words_of(text))))
