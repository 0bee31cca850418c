"""Corrects spelling before encoding: without it "restraning" is four meaningless word pieces."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from whichpath.nlu.text import neutral
from whichpath.nlu.text.aligned import Aligned

_WORDS = Path(__file__).with_name("spelling_words.txt")
#: Spanish words that resemble misspelt English ones ("orden", "corte").
_SPANISH = Path(__file__).with_name("spelling_spanish.txt")
_TOKEN = re.compile(r"(?<![^\W\d_])[A-Za-z]+(?![^\W\d_])(?:'[A-Za-z]+)?|b4|2day|2morrow|2nite|sum1|some1|any1")
_SHORTEST = 4
#: From this length on two mistakes are corrected; in shorter words the result may be another word.
_LONG = 8
#: Abbreviations used on phones. Only those that rarely mean anything else.
_TEXTING = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "n": "and",
    "b4": "before",
    "pls": "please",
    "plz": "please",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "wat": "what",
    "wut": "what",
    "wats": "what is",
    "wen": "when",
    "w": "with",
    "abt": "about",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "2day": "today",
    "2morrow": "tomorrow",
    "2nite": "tonight",
    "sum1": "someone",
    "some1": "someone",
    "any1": "anyone",
    "sumone": "someone",
    "sumbody": "somebody",
    "sumthin": "something",
    "thru": "through",
    "tho": "though",
    "thx": "thanks",
    "ty": "thank you",
    "idk": "i do not know",
    "dunno": "do not know",
    "kno": "know",
    "gf": "girlfriend",
    "bf": "boyfriend",
    "hubby": "husband",
    "bday": "birthday",
    "msg": "message",
    "txt": "text",
    "tlk": "talk",
    "tel": "tell",
    "juge": "judge",
    "cort": "court",
    "ordr": "order",
    "wnt": "want",
    "hav": "have",
    "ther": "there",
    "dose": "does",
    "aint": "is not",
    "hafta": "have to",
    "gotta": "have to",
    "wana": "want to",
    "wanna": "want to",
    "gonna": "going to",
    "mi": "my",
    "rite": "right",
    "moshun": "motion",
    "fite": "fight",
    "tuk": "took",
    "ppl": "people",
    "bout": "about",
    "dont": "don't",
    "cant": "can't",
    "wont": "won't",
    "didnt": "didn't",
    "doesnt": "doesn't",
    "isnt": "isn't",
    "im": "i'm",
    "ive": "i've",
    "hes": "he's",
    "shes": "she's",
    "theyre": "they're",
    "thats": "that's",
    "whats": "what's",
    "wasnt": "wasn't",
    "wouldnt": "wouldn't",
    "shouldnt": "shouldn't",
    "couldnt": "couldn't",
    "havent": "haven't",
    "hasnt": "hasn't",
    "hadnt": "hadn't",
    "werent": "weren't",
    "arent": "aren't",
    "theres": "there's",
    "hows": "how's",
    "wheres": "where's",
    "whos": "who's",
    "youre": "you're",
    "lets": "let's",
}


@lru_cache(maxsize=1)
def _library() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The words, and a mapping from each form with letters left out to the words that it may come from."""
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    words = frozenset(w for line in lines if not line.startswith("#") for w in line.split())
    sources: dict[str, set[str]] = {}
    for word in words:
        for form in _shortened(word, 2 if len(word) >= _LONG else 1):
            sources.setdefault(form, set()).add(word)
    return words, {form: frozenset(found) for form, found in sources.items()}


@lru_cache(maxsize=1)
def _right() -> tuple[frozenset[str], frozenset[str]]:
    """Words that must not be corrected (Spanish and canonical words), and the Spanish ones among them."""
    lines = _SPANISH.read_text(encoding="utf-8").splitlines()
    spanish = frozenset(w for line in lines if not line.startswith("#") for w in line.split()) - _library()[0]
    return neutral.kept_words() | spanish, spanish


def _shortened(word: str, letters: int) -> set[str]:
    """The word, and every form with up to ``letters`` letters left out, except the first, which is rarely mistyped."""
    forms = {word}
    for _ in range(letters):
        forms |= {form[:i] + form[i + 1 :] for form in forms for i in range(1, len(form))}
    return forms


def _distance(one: str, other: str) -> int:
    """The edit distance with transpositions (Damerau-Levenshtein)."""
    before, row = [], list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str | None:
    words, sources = _library()
    if len(word) < _SHORTEST or word in words:
        return None
    most = 2 if len(word) >= _LONG - 1 else 1
    found = {w for form in _shortened(word, most) for w in sources.get(form, ()) if w[0] == word[0]}
    ranked = sorted((_distance(word, w), w) for w in found)
    near = [(d, w) for d, w in ranked if d <= (2 if len(w) >= _LONG else 1)]
    # With two words at equal distance, a guess would be worse than the mistake.
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def aligned(text: str, known: Collection[str]) -> Aligned:
    """The text with corrected spelling; words in `known` (lower case) are kept."""

    def mended(match: re.Match[str]) -> str:
        word = match.group()
        low = word.lower()
        if low == "mi" and any(w != "mi" and w in _right()[1] for w in re.findall(r"\w+", text.lower())):
            return word
        if low in _TEXTING:
            # A single capital letter may be a name or a grade; "U" and "R" for words are rare.
            return word if len(word) == 1 and word.isupper() else _TEXTING[low]
        if low in known or "'" in low or low in _right()[0]:
            return word
        return _nearest(low) or word

    return Aligned(text).rewritten(_TOKEN, mended)


def mend(text: str, known: Collection[str]) -> str:
    """The text of :func:`aligned`."""
    return aligned(text, known).text
