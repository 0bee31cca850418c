"""Patterns around a name that show whether it is a place, and whether the order was made there."""

from __future__ import annotations

import re

from whichpath.nlu.situation.cues import ORDER

_FLAGS = re.IGNORECASE | re.VERBOSE
#: VERBOSE ignores spaces, and ORDER is written without that flag.
_ORDER = ORDER.replace("[- ]", r"[-\s]").replace(" ", r"\s")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("ORDER", _ORDER), _FLAGS)


#: Before a place that is also a word or a name.
PLACE_BEFORE = _compiled(
    r"""(?: \b(?: in|from|to|of|near|outside|around|through|within|across|leave|left|its|it's|say|says|said|told|live
       |(?:state|it|that|county)\s(?:is|was) )
       |[,(/] ) \s* (?: the\s )? $"""
)
#: Before a two-letter code.
CODE_BEFORE = _compiled(r"\b(?: in|from|to|of|near|outside|state ) \s* $")
#: Before a two-letter code that is also a word: "i live in oh", "it was filed in oh".
LIVES_BEFORE = _compiled(
    r"""\b(?: live[sd]?|living|resid\w+|move[ds]?(?:\sback)?|moving|filed|issued
       |(?: courts?|case|orders?|pfa|tro|hearing )(?:\sis|\swas)?
       |granted|based|located|judge|stay\w*|i'?m|we'?re|county|state )
        \s (?:(?:over|up|down|out|here)\s)? (?: in|to|from|of ) \s* $"""
)
LAW_BEFORE = _compiled(
    r"""(?: ORDER|\b(?: laws?|courts?|judges?|clerk|police|county|resident|upstate|southern|northern|eastern
       |western|central )) \s* $"""
)
LAW_AFTER = _compiled(
    r"""^(?:'s)? \s* (?: ORDER|(?:(?:family|superior|district|circuit|state|county|municipal)\s)? courts? \b|laws? \b
       |judge|statutes? \b|code \b|rules? \b|police|clerk|resident|pd \b|usa \b|county|restraining|protecti\w+ )"""
)
#: After the name of a street or a school.
STREET_AFTER = _compiled(
    r"""^\s* (?: st|street|ave|avenue|road|rd|blvd|boulevard|drive|dr|lane|ln|way|hwy|pkwy|university
       |univ|college )\b \.? (?!\s* (?: court|order ))"""
)
#: Around a person's or animal's name: «mr. houston», «cleveland is my dog».
PERSON_BEFORE = _compiled(r"\b(?: mr|mrs|miss|dr|officer|detective )\b \.? \s* $")
PERSON_AFTER = _compiled(
    r"""^\s+ (?:is|was) \s+ (?:my|our|his|her) \s+ (?: dog|cat|pet|son|daughter|kid|child|baby|friend|ex|wife|husband
       |boyfriend|girlfriend|fiance|brother|sister|cousin|boss|lawyer|name )"""
)
SCHOOL_BEFORE = _compiled(r"\b(?: university|univ|bank|church ) \s of \s (?:the\s)? $")
#: After a code: the end of a clause or the beginning of the next.
ENDS = _compiled(
    r"""^\s* (?: $|[.,;:!?)/] )|^\s+ (?: and|but|now|my|he|she|they|we|where|so|with|what|how|who|when
       |can|the|court )\b"""
)
HARD_END = _compiled(r"^\s* (?: $|[.,;:!?)] )")
NOT_BEFORE = _compiled(r"\b(?: not|isn'?t|wasn'?t|never|ain'?t ) \s+ (?:\w+\s+)? (?: in\s+|from\s+ )? $")
THE_BEFORE = _compiled(r"\b(?: the|a|an|my|your|his|her|dr ) \s* $")
#: Before the place where the order was made, and before a place where somebody only lives or is.
MADE_BEFORE = _compiled(
    r"""(?: ORDER|\b(?: filed|issued|granted|made|got|gotten|taken|took|entered|signed|served|court|judge
       |case|charged?|hearing )) \W+ (?:\w+\W+){0,3}? $"""
)
LIVES_THERE = _compiled(
    r"""\b(?: live[sd]?|living|moved?|moving|resid\w+|relocat\w+|now|currently|stationed|visit\w*|driv\w+|go(?:ing)?
       |travel\w*|came|fled|stay\w*|work\w*|i'?m ) \s+ (?:\w+\s+){0,3}? $"""
)
OTHERS = _compiled(r"\b(?: he|she|they|ex|wife|husband )(?:'s)? \s+ (?:\w+\s+){0,5}? $")
NOW_THERE = _compiled(r"\bnow\s+ (?:\w+\s+){0,3} $")
BUT_AFTER_NOW = _compiled(r"\bnow\s+ (?:but|and|so) \b")
#: «washington where she got the order»
MADE_AFTER = _compiled(r"^,?\s+ where \s+ (?:\w+\s+){0,3} (?: got|filed|made|issued|granted|took|order|started ) \b")
#: «its a tennessee order».
ORDER_AFTER = _compiled(r"^(?:'s)? \s* (?: ORDER|restraining|protecti\w+ )")
#: After a code at the beginning of a message: «nc not sc».
FIRST_CODE = _compiled(r"^\s* (?: [,.;]|not\b )")
MOVED_FROM = _compiled(r"\b(?: moved|came|fled|relocated ) \s+ (?:\w+\s+){0,2}? from \s+ $")
CLAUSE = _compiled(r"[.,;!?]|\b(?: but|and|now )\b")
#: Abbreviations that look like a code: "MS Smith", "VA hospital".
NO_CODE_AFTER = {"MS": re.compile(r"^\.?\s+[A-Z\[]"), "VA": _compiled(r"^\s+ (?: benefit|hospital|clinic )")}
#: A case number may begin with two letters: "case FL 1234".
CASE_BEFORE = _compiled(r"\bcase \s+ (?: (?:no|number|num)\b \.? \s* )? \#? \s* $")
NUMBER_AFTER = re.compile(r"^[\s-]*\d")
IN_BEFORE = _compiled(r"\bin \s* $")
TO_AFTER = _compiled(r"^\s+ to \b")
#: Codes that are also directions: «NE Minneapolis», «Ave NE», «5th st ne».
DIRECTIONS = frozenset({"NE"})
_STREET_BEFORE = _compiled(
    r"""(?: \b(?: st|street|ave|avenue|road|rd|blvd|dr|drive|pl|place|way|court|ct|ln|hwy|sector|corner|quadrant )\b \.?
       |\d(?:st|nd|rd|th)? ) ,? \s* $"""
)
_TOWN_AFTER = _compiled(
    r"""^\.? \s+ (?: (?:side|corner|part|of|section|quadrant|portland|minneapolis|washington|dc|seattle|albuquerque
       |atlanta|philly|philadelphia|cleveland|ohio|houston|dallas|phoenix|oklahoma|\d+\w* )\b|(?-i:[A-Z][a-z]) )"""
)


def direction(before: str, after: str) -> bool:
    """Whether a code between ``before`` and ``after`` is a direction."""
    return bool(_STREET_BEFORE.search(before) or _TOWN_AFTER.match(after))


#: Words that may accompany a place that is the whole answer.
SMALL_WORDS = _compiled(
    r"""\b(?: i|we|already|told|you|said|say|its?|it's|is|was|in|from|the|state|of|yes|yeah|yep|no|ok|okay|sorry|um|uh
       |well|please|pls|thanks|thank|hi|hello|hey|think|guess|lives?|here|i'?m|we'?re|am|are|at|near|county|and|my|order
       |for|sure|to|be|exact|actually|mean|meant|just|again|that'?s|would|probably|maybe|usa|us|u\.s\.|area )\b"""
)
#: «georgia, hearing is next week» is an answer; «georgia, she hit me» is not.
ANSWER_AFTER = _compiled(r"^\s* (?: [.;:!?(-]|,(?!\s*(?:and\s)?(?:she|who|i|me)\b) )")
#: «i already told you, georgia».
ANSWER_BEFORE = _compiled(r"[,.:;-] \s* $")
#: Words for people right before a name: «my ex, georgia».
KIN_BEFORE = _compiled(
    r"""\b(?: ex|wife|husband|girlfriend|boyfriend|gf|bf|daughter|son|sister|brother|mom|mother|cousin|friend|niece|aunt
       |lawyer|attorney|advocate|named?|name's|names|baby|child|kid|boss|neighbor|roommate|partner|stepdaughter|dear
       |grandma|i'?m|i\sam )\W* (?:(?:is|was|called)\s+)? $"""
)
PERSON_DOES = _compiled(
    r"""^\s+ (?: filed|said|says|hit|called|calls|lied|told|texted|wants?|put|got|took|went|served|won't|dropped|came
       |is\s(?:lying|scared|my|mad|crazy|the\sone)|has\s(?:a|an|my|the)|was\s(?:there|my|mad|with|arrested)
       |and\s(?:i|me)\b|threatened|keeps|broke|stole|left|made\sup )\b"""
)
#: «Town, ME»: written as a place.
TOWN_COMMA = _compiled(
    r"""(?: ^|\b(?:in|from|near|at|of|to)\s ) \s* (?:\w+\s){0,2}
        (?!(?:yes|no|thanks|please|sorry|well|sure|hi|hello|so|alright|right|fine|great|stop|help|call|oh|yeah|nope)\b)
        (?-i:[A-Z][a-z]+) , \s* $"""
)
#: Before a place abroad where the order was made or the person lives. Origin and travel do not count.
ABROAD_BEFORE = _compiled(
    r"""(?: \b(?: i'?m|i\sam|we'?re|we\sare|i\slive|we\s(?:both\s)?live|living|i\sreside|moved|live|stationed
           |deployed|based|overseas )\s
           (?:(?:now|currently|over|up|down|here|back)\s)* (?: in|to|near|outside|out\sof )
       |(?: ORDER|\b(?:order|courts?|filed|issued|made|granted|case|judge|hearing|police|it|law) )\s
           (?:(?:is|was|here)\s)? (?: in|from|by|of|out\sof )
       |\b(?:i'?m|i\sam)\s(?:messaging|writing|calling|texting)\sfrom ) \s (?:the\s)? (?:\w+,?\s){0,2} $"""
)
ABROAD_AFTER = _compiled(r"^(?:'s)? \s* (?: ORDER|courts?\b|laws?\b|judge|restraining|protecti\w+|peace\sbond )")
