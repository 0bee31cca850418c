"""Blanks numbers that are not dates: clock times, rooms, ages, distances, case numbers."""

from __future__ import annotations

import re

from whichpath.nlu.dates.words import MONTH

_FLAGS = re.IGNORECASE | re.VERBOSE
_AMPM = r"(?:[ap]\.?\s?m\b\.?|[ap]\b(?!\.?\w))"
_TIME = re.compile(
    rf"""(?<=\d)T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?
    | (?<![\w/.-])(?:at\s*|@\s*)?\d{{1,2}}\s?[:.]\s?[0-5]\d(?::\d\d)?(?:\s?{_AMPM})?(?![\d/.-]\d|\w)
      (?:\s?-\s?\d{{1,2}}(?::\d\d)?\s?{_AMPM}?)?
    | (?<![\w/.-])\d{{1,2}}(?:\s?-\s?|\sto\s)\d{{1,2}}(?::\d\d)?\s?{_AMPM}
    | (?<![\w/.-])(?:at\s+|@\s*)(?:about\s|around\s|like\s)?\d{{1,4}}(?![\d/.:-]|\s?(?:st|nd|rd|th)\b)\s?{_AMPM}?
    | (?<![\w/.-])\d{{1,2}}\s?o'?\s?clock\b
    | (?<![\w/.-])(?P<hour>\d{{1,4}})(?P<gap>\s?)(?:[ap]\.?\s?m\b\.?)
    | (?<![\w/.-])\d{{1,2}}[ap]\b | \b(?:half\spast|quarter\s(?:to|past))\s\w+""",
    _FLAGS,
)
_ROOM = re.compile(
    r"""\b(?:dept|department|room|rm|courtroom|court\sroom|ctrm|crtrm|division|div|part|floor|suite|ste|unit|apt|apartment
       |branch|track|section|count|exhibit|form|page|window|annex|docket|building|bldg|box|item|paragraph|rule|step|door
       |department\sno|zoom\sid|meeting\sid|badge|code|article|chapter|statute)\b
       \.?\s*(?:(?:no|number|num)\b\.?|\#)?\s*(?:is\s)?:?\s*\#?(?:[a-z]{0,2}-?\d[\w-]*|[a-z]\b(?=\W*$))
    | (?P<ordinal>\d{1,3}(?:st|nd|rd|th))\s+(?:floor|time|judge|street|st\b|ave|avenue|amendment|circuit|district
       |degree|grade|lawyer|offense|chance|attempt|violation|restraining|petition|party|person|wife|kid|child)""",
    _FLAGS,
)
_CASE = re.compile(
    r"""\b(?:case|docket|cause|file|index|petition|order|report|police\sreport|booking|inmate|ticket|citation|id|cr|dv|fl)\s*
       (?:(?:no|number|num|nbr|id)\b\.?|\#)\s*(?:is|was)?\s*:?\s*\#?[\w/.-]*\d[\w/-]*(?:\s\d{3,}[\w-]*)*
    | \bcase\s+(?:is\s)?\#?[a-z]{0,3}\d[\w/]*-[\w/-]+ | \#\s?\d[\w/-]*
    | (?<![\w/-])(?=[\w-]*\d)(?=[\w-]*[a-z])\w+(?:-\w+)+(?![\w-])
    | (?<![\w/-])\d+-\d+-\d{5,}(?![\w-]) | (?<![\w/-])\d{3,}-\d+(?:-\d+)*(?![\w-]) | (?<![\w/-])\d+(?:-\d+){3,}(?![\w-])
    | \(?\b\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}\b""",
    _FLAGS,
)
_AGE = re.compile(
    r"""\b(?:i'?m|i\sam|he'?s|she'?s|he\sis|she\sis|they'?re|am|turn(?:s|ed|ing)?|aged?|(?:son|daughter|kid|baby|child|mom|dad|ex)\s(?:is|who\sis)|who\sis)
       \s(?:(?:only|just|about|almost|now|a|like)\s)*\d{1,3}(?![\d/.:-]\d|\s?(?:st|nd|rd|th)\b|\s(?:days?|weeks?|months?|hours?|hrs)\b|\w)
       (?:\s(?:years?|yrs?|months?)(?:\sold)?)?
    | (?<![\w/.-])\d{1,3}[\s-]?(?:yo\b|y/o\b|yrs?\b(?:\sold)?|years?\b(?:\sold)?|(?:months?|weeks?|days?)\sold)""",
    _FLAGS,
)
_AMOUNT = re.compile(
    r"""\$\s?\d[\d,.]*\w? | (?<![\w/.-])\d+(?:[.,]\d+)?\s?(?:miles?|mi|km|feet|foot|ft|yards?|yds?|minutes?|mins?
       |blocks?|dollars?|bucks|percent|%|kids?|children|people|times|pages?|counts?|charges?|witnesses|pounds|lbs|texts?|messages?|calls?|men|women|guys|cops
       |hours?\s(?:away|drive|from\s(?!now|today)|long|late))(?!\w)""",
    _FLAGS,
)
_MONTH_BEFORE = re.compile(rf"(?:{MONTH})\.?,?\s*(?:the\s)?$", re.IGNORECASE)
_MONTH_IN = re.compile(
    rf"(?:^|-)(?:{MONTH})(?:-|$)|^\d{{4}}-\d\d?-\d\d?T?|\d(?:st|nd|rd|th)$|-(?:day|week|month|hour)s?\b", re.IGNORECASE
)


def blanked(plain: str) -> str:
    """``plain`` with each character of such numbers replaced by a space."""
    for pattern in (_CASE, _TIME, _ROOM, _AGE, _AMOUNT):
        plain = pattern.sub(_blank, plain)
    return plain


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    if match.re is _CASE and _MONTH_IN.search(found):
        return found
    if match.re is _ROOM and match["ordinal"] and _MONTH_BEFORE.search(match.string[: match.start()]):
        return found
    # «dec 5 am» contains a date; «december 9am» does not.
    if match.re is _TIME and match["gap"] and _MONTH_BEFORE.search(match.string[: match.start()]):
        return found
    # «12.9.26» and «hearing 12.05» are dates: a time with a full stop has am or pm.
    if (
        match.re is _TIME
        and "." in found
        and ":" not in found
        and not re.search(r"[ap]\.?\s?m|^(?:at|@)", found, re.IGNORECASE)
    ):
        return found
    return " " * len(found)
