"""Patterns that distinguish hearing dates from other dates, and lengths of time from dates."""

from __future__ import annotations

import re

from whichpath.nlu.dates.words import DAY_NAME, MONTH, MONTH_DOT, NTH_WORD, NUMBER


def _any(words: str) -> str:
    """An alternation of words and phrases that are separated by two spaces or a new line."""
    phrases = (phrase.strip() for phrase in re.split(r"\s{2,}|\n", words))
    return "|".join(phrase.replace(" ", r"\s") for phrase in phrases if phrase)


#: A fast filter: a message without a match contains no date, and nothing slower runs.
GATE = re.compile(
    rf"\d\s?(?:st|nd|rd|th)\b|\d\s?[/.-]\s?\d|\d\s\d\d?\s20\d\d|\b(?:{NTH_WORD})\b|\b{MONTH}(?=\b|\d)|\d{MONTH}\b"
    rf"|\b{DAY_NAME}s?\b|tomor|tommor|tmr|tomm|2mor|2mrw|2day|today|tonight|this\s(?:morn|aft|eve)|hours?\b|hrs?\b"
    r"|\bthe\s(?:first|second|third)\b|yesterday|\bago\b|\b(?:days?|weeks?|wks?|months?)\b|last\snight",
    re.IGNORECASE,
)
_COURT_WORDS = r"""
    courts?  hearings?  hearin  hering  trial  arraign\w*  judge  court\s?date  return date  show cause
    appear(?:ance)?  show(?:ing)? up  be there  make it  the date  my date  scheduled  rescheduled  set for  set on
    be in court  magistrate  (?:paper|papers|paperwork|summons|notice|letter|subpoena|it) says?  mediation
    conference  in front of  commissioner  (?:can'?t|cannot|won'?t) make  corte  audiencia  juez  tribunal
    (?:moved|continued|postponed|pushed|reset|adjourned|delayed|switched|bumped)\s(?:it\s)?(?:back\s|up\s|out\s)?(?:to|until|till)
"""
_OTHER_WORDS = r"""
    served  serve  filed  file  filing  happened  arrested  expires?  expired  expiring  expiration  until  til
    till?  since  ends?  ended  ending  broke  moved (?:out|in)  born  birthday  bday  dob  granted  signed  issued
    hit  choked  married  wedding  work  job  text(?:ed)?  called  emailed  wrote  came  showed up at  released
    jail  visit(?:ation)?  appointment  rent  school  surgery  flight  due  deadline  lasts?  good for
    got (?:a|an|the|my) \w*\s?order  dropped  put  took  incident  assault\w*  attacked  beat  dismissed  denied
    convicted  sentenced  pled  bailed  bonded  met  divorced  separated  left  evicted  graduat\w+  anniversary
    turns?  valid  in effect  start(?:s|ed)  begins?  began  runs out  over  up  violated  threatened
    turn(?:s|ed|ing)  hasta  vence  desde  nac[ií]\w*  arrest\w+  present[oóeé]\w*  entregaron  dated  received
    got out  probation  shift  party  vacation  trip  fly  leave  lease  move out  pick up  custody
"""
_FILLER_WORDS = """
    it'?s  on  at  the  it  its  is  was  my  our  a  an  court  hearing  date  day  i  think  maybe  around  about
    yes  yeah  no  not  am  pm  morning  afternoon  noon  o'?clock  room  dept  for  of  in  this  next  coming  by
    so  then  sorry  actually  oops  wait  rather  i mean  i meant  mean  meant  correction  wrong  typo  make that
    instead  from  should be  supposed to be  moved to  changed to  pushed to  now  new  right  ok  okay  oh  well
    to  sharp  early  late  um  uh  and  or  sometime  believe  guess  says?  paper  that  will  be  they  told  me
    sure  [ap]  like  first thing  yep  hi  hello  please  thanks  again  time  evening  is what  said  time
"""
_NTH_WORDS = """
    at  for  is  was  and  but  i  i'?m  im  my  we  he  she  they  how  what  can  do  so  where  to  with  if  or
    in  morning  afternoon  court  around  about  because  cuz  bc  still  already  not  that  which  when  who  the
    did  from  before  as  please  pls  on  actually  sorry  instead  thx  thanks  will  has  have  it  this  be
    now  then  dept  room  should  does  am  are  you  u  there  hopefully  maybe  unless  since  while  until
"""
COURT = re.compile(rf"\b(?:{_any(_COURT_WORDS)})\b", re.IGNORECASE)
#: Words for dates of other events. The nearest word decides.
OTHER = re.compile(rf"\b(?:{_any(_OTHER_WORDS)})\b(?!\s+(?:court|hearing|trial)\b)", re.IGNORECASE)
#: «my hearing isn't until the 9th».
NOT_UNTIL = re.compile(r"(?:n'?t|\bnot)\s+(?:until|till?|til)\s+(?:the\s|on\s)*$", re.IGNORECASE)
#: «until the 9th, when we have court».
UNTIL = re.compile(r"^(?:until|till?|til|up)$", re.IGNORECASE)
PAST = re.compile(
    r"\b(?:(?:was|were|had)(?!\s+(?:it\s|just\s|been\s|my\shearing\s)*(?:told|given|moved|set|scheduled|rescheduled|continued|pushed|postponed"
    r"|changed|reset|ordered|supposed|informed|notified|handed|assigned|summoned|subpoenaed|adjourned|bumped|delayed)\b)"
    r"|missed|went|didn'?t|forgot|slept|skipped|wasn'?t|failed\sto)\b(?!.*\b(?:is|next)\b)",
    re.IGNORECASE,
)
MOVED = re.compile(
    r"\b(?:moved|moving|rescheduled|resched|continued|postponed|pushed|reset|changed|bumped|switched|adjourned|delayed"
    r"|set over)\b",
    re.IGNORECASE,
)
#: Before the old date, which no longer applies.
OLD_BEFORE = re.compile(
    r"\b(?:from|was|were|originally|instead\sof|rather\sthan|supposed\sto\sbe|used\sto\sbe|not|isn'?t|no\slonger|old\sdate)"
    r"\s+(?:(?:on|for|the|set|scheduled|originally|this)\s+)*$",
    re.IGNORECASE,
)
NOT_BEFORE = re.compile(
    r"\b(?:not|isn'?t|wasn'?t|no longer|instead of|rather than)\s+(?:(?:on|for|the|this)\s+)*$", re.IGNORECASE
)
#: «the judge moved it to», «they changed it from»: a hearing date, whatever other words are near.
MOVED_TO = re.compile(
    MOVED.pattern
    + r"\s+(?:(?:it|that|this|us|me|everything|court|things|the|my|our|his|her|hearing|trial|date|case|back|up"
    r"|out|forward|ahead|again|over)\s+)*(?:(?:to|till?|until|for|from)\s+)(?:(?:the|on)\s+)*$",
    re.IGNORECASE,
)
#: «moved from dec 3», without the new date.
MOVED_FROM = re.compile(MOVED.pattern + r"\s(?:\w+\s){0,3}from\s+(?:(?:the|on)\s+)*$", re.IGNORECASE)
#: «can it be moved to dec 20»: a request, not a date.
WISH = re.compile(
    r"\b(?:can|could|want|wanna|would\slike|need|how\sdo|ask(?:ed|ing)?|request\w*|trying|possible|please|hope|wish)\b.*"
    r"\b(?:move|change|push|reschedule|postpone|continue|switch|reset|delay)d?\b.*\b(?:to|until|till?|for)\s+(?:the\s|on\s)*$",
    re.IGNORECASE,
)
#: «the hearing on the motion i filed dec 1 is dec 15», «the papers i got dec 1 say dec 15».
IS_BEFORE = re.compile(r"^\s*(?:is|was|says?|are)\s+(?:(?:on|for|set|the)\s+)*$", re.IGNORECASE)
PAPERS = re.compile(r"\b(?:papers?|paperwork|summons|notice|letter)\b", re.IGNORECASE)
#: Words that may accompany a date that is the whole message.
FILLER = re.compile(
    rf"\b(?:{_any(_FILLER_WORDS)})\b|\b\d{{3,4}}\b|\b\d{{1,2}}(?::\d\d)?\s?(?:am|pm|a|p)?\b|[\W_]", re.IGNORECASE
)
UNIT_AFTER = re.compile(
    r"^\s*(?:hours?|hrs?|days?|weeks?|months?|years?|yrs?|half|of\s(?:the|my|our|a)\s(?!month)|way|minutes?|%|feet|ft|miles?|stars?)",
    re.IGNORECASE,
)
WAS_AFTER = re.compile(r"^\s*(?:was|were)\b", re.IGNORECASE)
#: «this is my 4th», «on a sunday»: not a date.
ANY_DAY_BEFORE = re.compile(r"\b(?:my|his|her|our|their|an?|every|each|other|any|some)\s*$", re.IGNORECASE)
#: «the friday before christmas», «after the 9th», «the week of dec 7»: not exact, so the bot asks for the date.
VAGUE_BEFORE = re.compile(
    r"\b(?:week\sof|after|before|between|sometime\s(?:around|after|before)|earlier\sthan|later\sthan|no\slater\sthan)\s+(?:the\s|on\s)*$",
    re.IGNORECASE,
)
VAGUE_AFTER = re.compile(r"^\s+(?:after|before|following)\b(?!\s*(?:next|noon|that\b|\d))", re.IGNORECASE)
#: «When is court? It's on friday»: refers to the sentence before.
IT_BEFORE = re.compile(
    r"^\W*(?:it|mine|that|this|(?:i )?got one|they said|it says|he said|she said)"
    r"(?:'?s| is| was| says?)?\s*(?:on|for|set|at)?\s*(?:the)?\s*$",
    re.IGNORECASE,
)
NTH_OF_COURT = re.compile(r"\b(?:court|hearing|trial|date|judge)\b.{0,12}\bthe\s*$", re.IGNORECASE)
NTH_AFTER = re.compile(rf"^\s*(?:$|[.,;:!?)(\"'@-]|(?:{_any(_NTH_WORDS)})\b)", re.IGNORECASE)
SHORT_DAY = re.compile(r"^(?:mon|wed|sat|sun|fri|tue|thu|thur)$", re.IGNORECASE)
SHORT_DAY_BEFORE = re.compile(r"\b(?:on|this|next|last|coming|is|court|hearing|til|by|for|from|to)\s*$", re.IGNORECASE)
PIECES = re.compile(
    r"[;!?\n]|\.(?!\d)|,\s+(?=(?:and|but|so|then|now|court|hearing|i|my|he|she|they)\b)|\b(?:and|but|then|because|so)\b",
    re.IGNORECASE,
)
SENTENCES = re.compile(r"[;!?\n]|\.(?!\d)")
CLAUSES = re.compile(r"[,;!?\n]|\.(?!\d)")
#: Full stops that do not end a sentence: «a.m.», «dept. 4», «judge j. smith», «st. louis», «dec. 5».
_NO_END = re.compile(
    r"\b(?:[a-z](?:\.[a-z])?|dept|ct|rm|no|num|st|ste|mr|mrs|ms|dr|jr|sr|hon|vs|v|div|bldg|apt|ave|approx|ft|mt"
    rf"|{MONTH}|{DAY_NAME})\.(?=\s+\S)",
    re.IGNORECASE,
)
#: «from the 5th to the 12th»: both dates belong to the same event.
JOINED = re.compile(r"^\W*(?:to|or|and|until|till?|til|(?:back|up|over)\sto)?\s*(?:the|on)?\W*$", re.IGNORECASE)
_UNITS = r"(?:days?|weeks?|wks?|months?|mos)\b"
_ABOUT = r"(?:(?:about|like|just|around|roughly|only|less\sthan|under|over|at\sleast|approximately|the\snext|maybe)\s)*"
SPAN = re.compile(
    rf"""(?<![\w/.-])(?:
      (?:in|within)\s{_ABOUT}{NUMBER}(?:\s?(?:to|or|-)\s?{NUMBER})?\s?(?:more\s|business\s)?(?:hours?\b|hrs?\b|{_UNITS})(?:\sand\sa\shalf)?
    | {NUMBER}(?:\s?(?:to|or|-)\s?{NUMBER})?\s?(?:more\s)?{_UNITS}\s(?:from\snow|away|out|to\sgo|left)\b
    | {NUMBER}\s{_UNITS}\sago\b
    | (?:(?:some\s?time|early|late|later)\s)?(?:next|this|the\sfollowing)\s(?:week|month|year)(?:end)?\b
    | (?:the\s)?(?:end|beginning|start|middle|first\sweek|last\sweek|second\sweek|third\sweek)\sof
        \s(?:(?:the|next|this)\s(?:month|year|week)|{MONTH_DOT})
    | (?:in|sometime\sin|early|late|mid)[\s-](?:early\s|late\s|mid[\s-]?)?{MONTH_DOT}(?!\s?\d)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
BARE_SPAN = re.compile(rf"^\W*(?:\w+\s)?{_ABOUT}{NUMBER}\s{_UNITS}\W*$", re.IGNORECASE)
#: A general question, not a statement about the person's own hearing.
ASKS = re.compile(
    r"^\W*(?:how|can|could|will|would|do|does|must|should|when|what|is\sthere|are\sthey|if|who|why)\b", re.IGNORECASE
)
#: Between two forms of one date: «monday at 9 in room 12, dec 7».
SAME_DAY = re.compile(r"^(?:\W|\b(?:at|in|on|the|am|pm|morning|afternoon)\b)*$", re.IGNORECASE)
#: «between dec 5 and dec 9».
BETWEEN = re.compile(r"^\W*(?:and|to|or)\s*(?:the|on)?\W*$", re.IGNORECASE)
OWN = re.compile(
    r"\b(?:my|the\s(?:court\s)?hearing|our|i\shave|i've\sgot|i\sgot|we\shave|the\shearing\sis|court\sis|hearing\sis|its|it's)\b",
    re.IGNORECASE,
)


def one_stop(plain: str) -> str:
    """``plain`` with full stops only at ends of sentences; others become spaces, so that the length stays the same."""
    return _NO_END.sub(lambda match: match[0].replace(".", " "), plain)
