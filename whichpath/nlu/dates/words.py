"""Months, weekdays and numbers, as people type and misspell them."""

from __future__ import annotations

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Misspelt forms start like the correct ones: the first three letters identify the month or weekday.
DAY_NAME = (
    r"(?:mon(?:day|dya)?|tu(?:es?|e?sday|esd?ay|esda)|wed(?:nes)?(?:day)?|wendsday|wensday|wednsday|wedensday"
    r"|thur?s?(?:day)?|thrusday|thursd?ay|thirsday|fri(?:day|dya)?|firday|frday|satur|sat(?:ur)?(?:day)?|saterday"
    r"|sun(?:day|dya)?)"
)
_FULL = (
    r"january|janurary|janury|janaury|february|febuary|feburary|febraury|march|april|apirl|may|june|july|august|agust"
    r"|september|septmber|setember|septemeber|october|ocotber|octber|november|novemeber|novmber|novemebr|december"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|decemeber|decmber|decembr|deceber|dicember"
)
_SHORT = r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
#: Only an abbreviation includes a full stop: "in december. 5 people" is two sentences.
MONTH = rf"(?:{_FULL}|{_SHORT})"
MONTH_DOT = rf"(?:(?:{_FULL})(?![a-z])|(?:{_SHORT})(?![a-z])\.?)"
NUMBER = (
    r"(?:\d{1,3}|a\scouple(?:\sof)?|couple(?:\sof)?|a\sfew|few|several|an?|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|fourteen|fifteen|twenty|thirty)"
)
_NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
]  # fmt: skip
COUNTS = {**{word: n for n, word in enumerate(_NUMBERS)}, "a": 1, "an": 1, "couple": 2, "thirty": 30}
#: Only beside a month or a weekday: "the first judge", "a second time" and "third party" are not dates.
EARLY = {"first": 1, "second": 2, "third": 3}
_TEENS = [
    "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
]  # fmt: skip
NTH_NUMBERS = {
    **{word: n for n, word in enumerate(_TEENS, start=4)},
    **{f"twenty{word}": 20 + n for word, n in [*EARLY.items(), *((w, n) for n, w in enumerate(_TEENS[:6], start=4))]},
    **{"thirtieth": 30, "thirtyfirst": 31},
}
NTH_WORD = "|".join(
    re.sub("(?<=twenty)(?=.)|(?<=thirty)(?=.)", r"[-\\s]?", word) for word in sorted(NTH_NUMBERS, key=len, reverse=True)
)
ANY_NTH = f"{NTH_WORD}|{'|'.join(EARLY)}"
#: «december nine», as in dictated messages.
CARDINAL = r"(?:thirty\sone|thirty|twenty(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine))?|" + (
    "|".join(sorted(_NUMBERS[1:20], key=len, reverse=True)) + ")"
)


def number_of(word: str) -> int:
    """The value of an ordinal or cardinal: 17 for «17th», «17 th», «seventeenth» and «seventeen»."""
    digits = re.match(r"\d+", word)
    if digits:
        return int(digits[0])
    bare = re.sub(r"[-\s]", "", word.lower())
    if bare in NTH_NUMBERS or bare in EARLY:
        return {**NTH_NUMBERS, **EARLY}[bare]
    tens = next((name for name in ("twenty", "thirty") if bare.startswith(name)), "")
    return {"twenty": 20, "thirty": 30, "": 0}[tens] + COUNTS.get(bare.removeprefix(tens), 0)


def count_of(word: str) -> int | None:
    """The value of a count: 2 for «2», «two» and «a couple of»; ``None`` for «a few»."""
    bare = re.sub(r"^a\s(?=c|f)|\sof$", "", word.lower())
    return int(bare) if bare.isdigit() else COUNTS.get(bare)


_OTHER_HEADS = {
    "dic": "dec",
    "ago": "aug",
    "agu": "aug",
    "abr": "apr",
    "api": "apr",
    "set": "sep",
    "oco": "oct",
    "ene": "jan",
}


def month_of(word: str) -> int:
    """The number of a month, 1 for January. «dicember», «agust» and «enero» are exceptions by their first letters."""
    head = _OTHER_HEADS.get(word[:3].lower(), word[:3].lower())
    return MONTHS.index(head) + 1


def day_of(word: str) -> int:
    """The number of a weekday, 0 for Monday."""
    head = {"wen": "wed", "thr": "thu", "thi": "thu", "fir": "fri", "frd": "fri"}.get(
        word[:3].lower(), word[:3].lower()
    )
    return next(i for i, name in enumerate(DAYS) if name.startswith(head[:2] if head[:2] == "tu" else head))
