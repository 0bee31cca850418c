"""Facts that plain patterns tell well enough: circumstances beside the order, and a typed choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from whichpath.nlu.situation.cues import ORDER, tidy
from whichpath.nlu.text import neutral

_FLAGS: dict[str, str] = {
    "both_want_it_ended": (
        r"\b(?:we|us) (?:both|two)(?: of us)? (?:\w+ ){0,3}(?:want|agree|would like|wanna|wish|are ready|asked|hope|decided|need)\w*|"
        r"\bboth (?:of us )?(?:want|agree|wanna|wish)\w*|\bboth (?:parties|sides|people) (?:\w+ )?(?:want|agree)\w*|"
        r"\b(?:she|he|they|my (?:wife|husband|ex|girlfriend|boyfriend)) (?:also )?wants? (?:it|the order|this|that|them)?\s*"
        r"(?:dropped|gone|lifted|removed|dismissed|ended|off|cancel\w*) (?:too|as well|also)|\b(?:me and (?:her|him)|him and (?:me|i)|her and (?:me|i))"
        r" (?:both )?(?:want|wanna|agree)|\bneither (?:of us|one) wants?\b|\bmutual(?:ly)? agree\w*|\b(?:she|he) (?:is )?willing to drop\b"
    ),
    "mutual_orders": (
        rf"\bmutual (?:\w+ )?{ORDER}|\b(?:orders?|tros?|ros?|pfas?|injunctions?|papers) (?:\w+ ){{0,2}}(?:on|against) each other|"
        r"\b(?:both|each) (?:of us )?(?:\w+ ){0,2}(?:have|has|got|filed|had|took|hold) (?:\w+ ){0,5}(?:on|against) (?:each other|one another|the other)|"
        r"\bcross[- ](?:petition|order|file|filed|tro|restraining)\w*|\bcounter[- ]?(?:petition|order|filed)\w*|"
        r"\b(?:i|we) (?:filed|got|took|have) (?:one|an order|a \w+) (?:on|against) (?:her|him) (?:too|as well|back|also)|"
        r"\b(?:he|she) (?:\w+ )?(?:has|got|filed|have) one (?:on|against) me (?:too|as well|and i)|\bi have one (?:on|against) (?:him|her) (?:too|and)|\bgo(?:es)? both ways\b"
    ),
    "criminal_alongside": (
        r"\b(?:criminal (?:case|charges?|court)|arrest\w*|(?:is|was|got|been|are|am|i'm) (?:being )?charged|charged (?:me|him|her|with)|pending charges?|"
        r"(?:assault|battery|dv|domestic\w*|misdemeanou?r|felony|harassment|stalking) charges?|charges? (?:against|on|pending)|press(?:ed|ing)? charges|"
        r"arraign\w*|out on (?:bail|bond)|(?:on|made|posted) (?:bail|bond)|prosecutor|district attorney|the d\.?a\.?\b|state'?s attorney|went to jail|taken to jail|in jail)\b"
    ),
    "custody_alongside": (
        r"\b(?:custody|visitation|parenting (?:time|plan)|child support|divorce|cps|dcfs|guardian ad litem|see my (?:kid|son|daughter|child|bab|boy|girl)\w*|"
        r"(?:pick|picking) up (?:my|the|our) (?:kid|son|daughter|child)\w*)\b"
    ),
}
_FLAG_PATTERNS = {name: re.compile(neutral.canonical_pattern(p), re.IGNORECASE) for name, p in _FLAGS.items()}

_NUMBERS = {
    **{str(n): n for n in range(1, 10)},
    **{w: n for n, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], start=1)},
    **{
        w: n
        for n, w in enumerate(
            ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], start=1
        )
    },
    **{f"{n}{end}": n for n, end in enumerate(["st", "nd", "rd", "th", "th", "th", "th", "th", "th"], start=1)},
}
_CHOICE = re.compile(
    r"^\W*(?:(?:i (?:pick|choose|mean|say|think)|let'?s (?:go with|do)|it'?s|its|maybe|please|ok|yes|option|number|choice|answer|nr|no\.|num|the|#)\W+){0,3}"
    rf"#?(?P<number>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?:\W+(?:one|option|choice|please|pls|thanks|answer)){{0,2}}\W*$",
    re.IGNORECASE,
)

#: Something said before, without its name: "that", "the other thing".
_POINTED = (
    r"(?:(?:the|that|this|these|those) )?(?:other |first |second |last )?"
    r"(?:it|that|this|them|those|these|ones?|things?|parts?|stuff|rest|other|first|second|last)"
)
#: A whole message that means something only after what was said last. Not "what is this": that asks for help.
_VAGUE = re.compile(
    r"^(?:(?:and|so|ok|okay|well|but|um+|hm+|yeah|wait|please|pls)\W+)*(?:"
    r"then(?: what)?|what then|so what|what(?:'?s| is)? next|which(?: one| ones| part)?|wdym|more|go on|continue|"
    rf"(?:what|how) about {_POINTED}|what (?:does|did|do) (?:you|u|{_POINTED}) mean(?: by {_POINTED})?|what (?:you|u) mean|"
    r"(?:(?:can|could|would|will) (?:you|u) )?(?:please )?(?:explain|tell me|say|go over)"
    rf"(?: (?:me|more|again|a bit|a little|about|{_POINTED}))*(?: (?:more|again|better|please))*|"
    r"more (?:info|information|details?)|"
    rf"(?:is|was|are) {_POINTED} (?:bad|good|ok|okay|normal|true|possible|allowed|legal|a problem)|"
    rf"(?:do|must|should|can|could|would|may) i (?:(?:need|have|do|try)(?: to)?(?: do| have)?) {_POINTED}|"
    rf"(?:how|when|where) (?:do|can|could|would|should) i (?:do|find|send|bring) {_POINTED}|what(?:'?s| is) (?:that|the other {_POINTED})"
    r")(?:\W+(?:then|now|though|tho|too|please|pls|exactly|for me|again))*\W*$",
    re.IGNORECASE,
)

#: "I do not want to …", and what is not wanted.
_NOT_WANTED = (
    r"\b(?:i|we) (?:really |just |still |also )?(?:do not|don'?t|didn'?t|did not|never|no longer) (?:really |even |ever )?"
    r"(?:want|wanna|need|wish|plan|mean|intend|ask(?:ed)?)(?: (?:you|it|him|her|them|anyone|anybody))?(?: to| for)? "
)
#: The intent of a message that does not want something: what sounds like the wish is its opposite.
_DECLINED = {
    "keep_order": re.compile(
        _NOT_WANTED + r"(?:end|drop|dismiss|cancel|lift|withdraw|dissolve|remove|be rid of|get rid of)(?:ping)?"
        rf" (?:it|this|that|(?:my|the|our) (?:\w+ )?{ORDER})\b(?!.*\b(?:but|just|only|instead|rather|if|how|what|can|until|unless|i (?:want|need|wanna))\b)",
        re.IGNORECASE,
    ),
    "deny": re.compile(
        _NOT_WANTED + r"(?:(?:talk|speak|chat)(?:ing)? (?:to|with) (?:a |any |some |another )?(?:real |live |human )?"
        r"(?:person|people|human|somebody|someone|anybody|anyone|agent|lawyer)|(?:a |any )?(?:real |live )?(?:human|person|agent)|"
        r"(?:erase|delete|restart|reset|start over|start again)(?: \w+){0,4})\W*$",
        re.IGNORECASE,
    ),
}


class Found(NamedTuple):
    """A value and where it stands in the text."""

    value: str
    start: int
    end: int


def flags(text: str) -> Iterator[Found]:
    """The circumstances that the text names."""
    plain = neutral.aligned(tidy(text))
    for name, pattern in _FLAG_PATTERNS.items():
        if match := pattern.search(plain.text):
            yield Found(name, *plain.original(match.start(), match.end()))


def choice(text: str) -> Found | None:
    """The number of a choice, where the whole message is nothing else: "2", "option two", "the second one"."""
    match = _CHOICE.match(tidy(text))
    if match is None:
        return None
    return Found(str(_NUMBERS[match["number"].lower()]), match.start("number"), match.end("number"))


def vague(text: str) -> Found | None:
    """The whole message, where it only points back at something: "and then?", "what about the other thing"."""
    plain = tidy(text).strip()
    return Found("vague", 0, len(text)) if _VAGUE.match(plain) else None


def declined(text: str) -> str | None:
    """The intent of a message that says what is *not* wanted: "I don't want to talk to a person" is a no."""
    plain = tidy(text)
    return next((intent for intent, pattern in _DECLINED.items() if pattern.search(plain)), None)
