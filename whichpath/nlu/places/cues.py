"""The words around a place that tell whether it is one, and whether the order was made there."""

from __future__ import annotations

import re

from whichpath.nlu.situation.cues import ORDER

_FLAGS = re.IGNORECASE | re.VERBOSE
#: VERBOSE drops spaces, and ORDER was written without it.
_ORDER = ORDER.replace("[- ]", r"[-\s]").replace(" ", r"\s")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("ORDER", _ORDER), _FLAGS)


#: Before a place that is also a word or a name.
PLACE_BEFORE = _compiled(
    r"""(?: \b(?: in|from|to|of|near|outside|around|through|within|across|leave|left|its|it's|say|says
       |(?:state|it|that|county)\s(?:is|was) )
       |[,(/] ) \s* (?: the\s )? $"""
)
#: Before a two-letter code.
CODE_BEFORE = _compiled(r"\b(?: in|from|to|of|near|outside|state ) \s* $")
#: Before a two-letter code that is also a word: somebody lives, or something was filed, "in oh".
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
#: After a name that is a street or a school, not a state.
STREET_AFTER = _compiled(
    r"""^\s* (?: st|street|ave|avenue|road|rd|blvd|boulevard|drive|dr|lane|ln|way|hwy|pkwy|university
       |univ|college )\b \.? (?!\s* (?: court|order ))"""
)
#: A name of somebody: «mr. houston», «cleveland is my dog».
PERSON_BEFORE = _compiled(r"\b(?: mr|mrs|miss|dr|officer|detective )\b \.? \s* $")
PERSON_AFTER = _compiled(
    r"""^\s+ (?:is|was) \s+ (?:my|our|his|her) \s+ (?: dog|cat|pet|son|daughter|kid|child|baby|friend|ex|wife|husband
       |boyfriend|girlfriend|fiance|brother|sister|cousin|boss|lawyer|name )"""
)
SCHOOL_BEFORE = _compiled(r"\b(?: university|univ|bank|church ) \s of \s (?:the\s)? $")
#: After a code: the clause ends, or a new one begins.
ENDS = _compiled(
    r"""^\s* (?: $|[.,;:!?)/] )|^\s+ (?: and|but|now|my|he|she|they|we|where|so|with|what|how|who|when
       |can|the|court )\b"""
)
HARD_END = _compiled(r"^\s* (?: $|[.,;:!?)] )")
NOT_BEFORE = _compiled(r"\b(?: not|isn'?t|wasn'?t|never|ain'?t ) \s+ (?:\w+\s+)? (?: in\s+|from\s+ )? $")
THE_BEFORE = _compiled(r"\b(?: the|a|an|my|your|his|her|dr ) \s* $")
#: Where the order was made, and where somebody merely is now.
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
#: «washington where she got the order»
MADE_AFTER = _compiled(r"^,?\s+ where \s+ (?:\w+\s+){0,3} (?: got|filed|made|issued|granted|took|order|started ) \b")
MOVED_FROM = _compiled(r"\b(?: moved|came|fled|relocated ) \s+ (?:\w+\s+){0,2}? from \s+ $")
CLAUSE = _compiled(r"[.,;!?]|\b(?: but|and|now )\b")
#: Abbreviations that look like a code: "MS Smith", "VA hospital".
NO_CODE_AFTER = {"MS": re.compile(r"^\.?\s+[A-Z]"), "VA": _compiled(r"^\s+ (?: benefit|hospital|clinic )")}
