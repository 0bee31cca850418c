"""Patterns that tell who asked for an order, against whom, and how far it has come.

An encoder puts "I filed on him" and "he filed on me" side by side; these cues keep them apart.
Each is one column beside the sentence vector. They are hints with a learned weight, never rules.
"""

from __future__ import annotations

import re

import numpy as np

ORDER = (
    r"(?:(?:restrain\w*|protect\w*|no[- ]?contact|stay[- ]?away|harassment|civil|peace|keep[- ]?away|dv|domestic violence|temp\w*|emergency|"
    r"permanent|final|ex[- ]?parte)\s+)*(?:orders?(?:\s+of\s+protection)?|injunctions?|protection from abuse|"
    r"d?v?[tpe]?ros?|pfas?|ppos?|ofps?|dvpos?|cpos?|epos?|tpos?|hpos?|wpos?|spos?|fvros?|fapas?|209-?as?|258-?es?|hros?|nco|petition|papers|paperwork|case)\b"
)
_GET = r"(?:filed?|filing|took|taken?|taking|tak|put|puts|get|got|gotten|getting|placed?|requested|sought|obtained|asked|applied|petitioned|has|have|had|pulled|slapped|swore|made|granted|won|wants?|started|brought)"
_PARTNER = r"(?:ex|exes|wife|husband|hubby|girlfriend|gf|boyfriend|bf|fianc\w+|partner|spouse|baby ?(?:mama|momma|daddy|mom|dad|mother|father)|bm|bd|mother of my|father of my|roommate|neighbou?r|landlord|co-?worker|stalker|abuser|stepdad|stepson|stepdaughter)"
_KIN = r"(?:son|daughter|brother|sister|bro|sis|mom|mother|mama|dad|father|friend|bestie|best friend|cousin|nephew|niece|uncle|aunt|grand\w+|client|stepson|stepdaughter|kid|buddy|homie|in-?law|student)"
_HE = r"(?:he|she|they|someone|somebody|the other (?:side|party|person)|that (?:woman|man|girl|guy|lady))"

_PATTERNS: dict[str, str] = {
    # who asked
    "i_filed": rf"\b(?:i|ive|we)(?:'ve|'m|\s+(?:have|had|just|already|finally|even|really|then|also|originally|once|only|went and|went to court and))*\s+{_GET}\b(?:\s+\S+){{0,5}}?\s+{ORDER}(?!\s+(?:put |filed |placed |taken out )?(?:on|against) me)",
    "order_i_filed": rf"{ORDER}\s+(?:that\s+|which\s+)?(?:i|we)(?:'ve| have| had| just| already)?\s+{_GET}\b",
    "my_request": r"\bmy (?:own )?(?:petition|request|filing|application|tro|pfa|ppo|injunction)\b|\bi(?:'m| am| was) the (?:petitioner|plaintiff|victim|protected|one who (?:filed|asked|got|took|put|called|requested)|alleged victim)",
    "take_back": r"\b(?:take (?:it )?back|withdraw\w*|changed? my mind|regret\w*|never (?:mean|ment|meant)|don'?t want (?:it|the order|this) any ?more|made up|reconcil\w*|forg[ai]ve\w*|work(?:ed|ing)? (?:it|things) out|back together|miss him|miss her|love him|love her)",
    "against_other": r"\b(?:on|against|agaisnt|aginst|from)\s+(?:him|her|them|my|his|the father|the mother|a |an |someone|this|our|that)",
    "against_me": r"\b(?:on|against|agaisnt|aginst|agianst|vs\.?|versus)\s+(?:me|us|myself)\b",
    "he_filed": rf"\b(?:{_HE}|(?:my|the|his|her)\s+(?:\w+\s+){{0,2}}{_PARTNER}|ex|wife|husband|gf|bm)(?:'s|\s+(?:has|had|just|then|also|went and|now|falsely|already|is|was|recently))*\s+{_GET}\b(?:\s+\S+){{0,5}}?\s+{ORDER}",
    "he_filed_on_me": rf"\b(?:{_GET}|with|by)\b(?:\s+\S+){{0,6}}?\s+(?:on|against|agaisnt|aginst|agianst)\s+me\b",
    "i_was_served": r"\b(?:i(?:'ve| have| just)?\s+(?:was|been|got|just got|just been|get|am being|am getting)(?:\s+just)?|getting|been|was|got)\s+(?:served|hit with|slapped with|handed|accused)|\bserved (?:me|on me)\b|\b(?:cop|sheriff|deputy|officer|server)s? (?:\w+ ){0,4}(?:gave|handed|served|brought) me\b|\bsays i can'?t\b|\bkicked (?:me )?out\b",
    "i_respond": r"\bi(?:'m| am) the (?:respondent|defendant|accused|restrained|one (?:it'?s|the order is|its) (?:against|on)|bad guy)|\b(?:fight|contest|dispute|respond to|defend|challenge|clear my name|my side)\b",
    "accused_falsely": r"\b(?:l(?:ied|ies|ying|iar)|false\w*|made (?:it|stuff|things|everything|all of it) up|making (?:it|stuff|things) up|fabricat\w*|never (?:hit|touched|hurt|laid|threaten\w*|did)|didn'?t do (?:any|it|that|what)|bogus|not true|untrue|bs|accus\w+|innocent|exaggerat\w*)\b",
    "he_hurts_me": r"\b(?:he|she|they|who|that)\s+(?:\w+\s+){0,2}(?:hit|hits|beat|choked?|strangled|threaten\w*|stalk\w*|follow\w*|harass\w*|hurt|abus\w*|punch\w*|grabbed|shoved|violated|broke|came|shows|showed|keeps|texted|contact\w*|call\w*)\b(?:\s+\w+){0,3}\s+(?:me|my|us|the kids|our)\b",
    "my_abuser": r"\bmy (?:abuser|stalker|attacker|rapist|protective order|protection order|restraining order|order of protection|pfa|injunction)\b|\bafraid of (?:him|her|them)\b|\bscared of (?:him|her|them)\b",
    "for_kin": rf"\b(?:my|our|a)\s+(?:\w+\s+){{0,2}}{_KIN}(?:'s|s)?\b",
    "kin_order": rf"\b(?:my|our|a)\s+(?:\w+\s+){{0,2}}{_KIN}(?:'s|s)?\s+(?:\w+\s+){{0,4}}{_GET}\b(?:\s+\S+){{0,5}}?\s+{ORDER}",
    "kin_partner": rf"\b(?:his|her|{_KIN}'?s)\s+(?:\w+\s+){{0,2}}{_PARTNER}\b",
    "on_kin": rf"\b(?:on|against|for|help|helping)\s+(?:my|our)\s+(?:\w+\s+){{0,2}}{_KIN}\b",
    "on_him": r"\b(?:on|against|agaisnt|aginst)\s+(?:him|her|them)\b",
    "order_i_have": rf"\bi(?:'ve| have| got| had)?\s+(?:have|got|had)?\s*(?:a|an|the|my)\s+(?:\w+\s+){{0,3}}{ORDER}\s+(?:on|against)\s+(?!me\b)",
    "i_violate": r"\b(?:if i (?:text|call|contact|go|answer|reply|talk|violate)|can i (?:go|see|text|call|talk|contact|get my|go back|own|keep|pick)|i (?:violated|texted|contacted|answered|replied)|violated my|said i (?:violated|broke))\b",
    "he_violates": r"\b(?:if )?(?:he|she|they) (?:\w+ )?(?:violat\w+|broke|breaks|keeps? (?:texting|calling|coming|contacting|messaging)|showed up|came by|won'?t leave)\b",
    "impersonal": r"^\s*(?:can|does|do|is|are|what|how|who|will|when|where)\b(?!.*\b(?:i|me|my|he|she|his|her|him|we|our|us)\b)",
    # how far it has come
    "hearing_ahead": r"\b(?:court|hearing|trial|return date)\b(?:\s+\S+){0,4}?\s+(?:on|is|in|next|this|tomorrow|coming|set|monday|tuesday|wednesday|thursday|friday|the \d|soon|til|until|b4|before|scheduled)\b|\b(?:upcoming|before (?:the|my|our|we|court)|go to court|b4 court|have court|got court|court date|until (?:the|my|court))\b",
    "temporary": r"\b(?:temp\w*|t\.?r\.?o\.?s?|tpos?|ex[- ]?parte|emergency|epo|interim|preliminary|not (?:final|permanent) yet|just (?:got )?served|14 days?|ten days?|10 days?|two weeks|21 days?)\b",
    "served_now": r"\b(?:served|just got|today|yesterday|last night|this morning|last week|tomorrow)\b",
    "final": r"\b(?:final\w*|permanent\w*|perm|lifetime|forever|indefinite|granted (?:at|after)|at the hearing|judge (?:granted|gave|signed|ruled|made)|after (?:the|a|our) (?:hearing|trial)|lost (?:the|my|at)|plenary|full order|long[- ]term|year[- ]long|extended|renew\w*)\b",
    "years": r"\b(?:\d+|one|two|three|four|five|six|ten|a|couple|few|several)[- ](?:years?|yrs?)\b|\byears? ago\b|\bsince (?:19|20)\d\d\b|\blast year\b|\bin 20[012]\d\b|\bexpire\w*\b|\bmonths ago\b",
    "none_yet": r"\b(?:(?:want|need|trying|going|thinking|try|wants|would like|threaten\w*|considering|gonna|plan\w*|how do i|how can i|how do you|can i|should i|could i|do i|says (?:he|she)'?s?|ready|able|help\w*)\s+(?:\w+\s+){0,3}(?:get|file|take out|apply|filing|put|obtain|getting|request|qualify|ask for)|no order|don'?t have (?:an|a|any) order|hasn'?t filed|haven'?t filed|not filed)\b",
    "denied": r"\b(?:den(?:ied|ies|ial|y)|turned (?:me|it|him|her|us)? ?down|rejected|said no|refused|threw (?:it|my|the)|dismissed my|would ?n[o']t (?:drop|dismiss|lift|let|end|sign))\b",
    # what it is
    "charges": r"\b(?:charg(?:e|es|ed|ing)|prosecut\w*|d\.?a\.?'?s?|district attorney|state'?s attorney|arrest\w*|jail\w*|bail|bond(?:ed)?|arraign\w*|misdemeanou?r|felony|plea|plead|criminal|assault\w*|battery|dv case|indict\w*|probation|booked|police report|press\w* charges|the state|subpoena\w*|public defender|testify)\b",
    "drop_charges": r"\b(?:drop|dropped|dropping|dismiss\w*|press\w*|withdraw\w*)\s+(?:the |my |all |these |his |her |those )?(?:dv |domestic |assault |criminal |battery )*(?:charges?|case)\b",
    "no_contact": r"\b(?:no[- ]?contact|nco|stay[- ]away|condition\w* of (?:release|bail|bond|probation)|criminal protective|cpo|mandatory protection|bail condition\w*|bond condition\w*|cannot contact|can'?t (?:talk|contact|come home))\b",
    "criminal_court": r"\b(?:criminal (?:court|judge|case)|arraign\w*|bail|bond|released? (?:on|with)|as part of|pretrial|sentenc\w*|probation|no[- ]contact)\b",
    "civil_words": r"\b(?:tro|pfa|ppo|ofp|dvpo|dvro|209a|injunction|restraining|protective order|protection order|order of protection|petition\w*|petitioner|respondent|family court|civil)\b",
}  # fmt: skip

NAMES: tuple[str, ...] = tuple(_PATTERNS)
_COMPILED = tuple(re.compile(p, re.IGNORECASE) for p in _PATTERNS.values())
_INDEX = {name: i for i, name in enumerate(NAMES)}


def tidy(text: str) -> str:
    """Straight quotes and single spaces, so that one pattern fits all keyboards. Keeps the length."""
    return text.replace("’", "'").replace("‘", "'").replace("`", "'").replace("\n", " ").replace("\t", " ")


def vector(text: str) -> np.ndarray:
    """One number per cue: 0 where it is not there, 1 where it is."""
    plain = tidy(text)
    return np.array([bool(p.search(plain)) for p in _COMPILED], np.float32)


def span(text: str, names: tuple[str, ...]) -> tuple[int, int]:
    """Where the first of the named cues stands; the whole text where none does."""
    plain = tidy(text)
    for name in names:
        if match := _COMPILED[_INDEX[name]].search(plain):
            return match.start(), match.end()
    return 0, len(text)
