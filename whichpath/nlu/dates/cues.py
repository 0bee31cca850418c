"""What looks like a day, and the words around it that tell whether it is one in court."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur|sat|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
NUMBER = r"(?:\d{1,2}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple(?:\sof)?)"
NUMBER_WORDS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "couple": 2, "couple of": 2},
}
_NTH = r"(?:\d{1,2}(?:st|nd|rd|th))"
#: Spelled out, from the fourth on: "the first judge", "a second time", "third party" name no day.
#: Only beside a month: "the first judge", "a second time" and "third party" name no day.
_EARLY = {"first": 1, "second": 2, "third": 3}
_NTH_NUMBERS = {
    **{"fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11},
    **{"twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17},
    **{"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twentyfirst": 21, "twentysecond": 22, "twentythird": 23},
    **{"twentyfourth": 24, "twentyfifth": 25, "twentysixth": 26, "twentyseventh": 27, "twentyeighth": 28},
    **{"twentyninth": 29, "thirtieth": 30, "thirtyfirst": 31},
}
_NTH_WORD = "|".join(
    re.sub("(?<=nty)|(?<=rty)", r"[-\\s]?", word) for word in sorted(_NTH_NUMBERS, key=len, reverse=True)
)
_ANY_NTH = f"{_NTH_WORD}|{'|'.join(_EARLY)}"
#: «Thursday, December 10», «fri the 11th», «Mon 12/7»: the weekday belongs to the day that follows.
_DAY_FIRST = rf"{DAY_NAME}\b[.,]*\s+(?:the\s+|on\s+)?"
DAY_FIRST = re.compile(f"^{_DAY_FIRST}", re.IGNORECASE)


def _any(words: str) -> str:
    """Words and phrases, parted by two spaces or a new line, as alternatives."""
    phrases = (phrase.strip() for phrase in re.split(r"\s{2,}|\n", words))
    return "|".join(phrase.replace(" ", r"\s") for phrase in phrases if phrase)


_TOMORROW = _any(
    "day after tomorrow  tomorrow  tommorow  tomorow  tommorrow  tmrw  tmr  tomm  2morrow  2moro  today"
    "  this morning  this afternoon  this evening  in an hour  in a few hours"
)
SPAN = re.compile(
    rf"""(?<![\w/.-])(?:
      (?P<iso> \d{{4}}-\d{{1,2}}-\d{{1,2}} )
    | (?P<slash> (?:{_DAY_FIRST})?(?:(?:1[0-2]|0?[1-9])/\d{{1,2}}(?:/(?:\d{{4}}|\d{{2}}))?
               | (?:1[0-2]|0?[1-9])(?P<mark>[-.])\d{{1,2}}(?P=mark)(?:\d{{4}}|\d{{2}})) )
    | (?P<month> (?:{_DAY_FIRST})?(?:{_MONTH}\.?\s*(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?|(?:{_ANY_NTH})\b)
                  (?:,?\s+20\d\d)? (?!\d|:|/)
               | (?:{_NTH}|\d{{1,2}}|{_ANY_NTH})\s(?:of\s|day\sof\s)?{_MONTH}\b\.?(?:,?\s+20\d\d)?) )
    | (?P<ahead> in\s(?:about\s|like\s|just\s)?{NUMBER}\s(?:more\s)?(?:days?|weeks?|wks?|months?)\b
               | {NUMBER}\s(?:days?|weeks?|wks?)\s(?:from\s(?:now|today)|away|out) )
    | (?P<after> (?:{NUMBER})\sweeks?\sfrom\s(?P<from>{DAY_NAME}|today|tomorrow)\b )
    | (?P<ago> {NUMBER}\s(?:days?|weeks?)\sago\b | yesterday | last\snight )
    | (?P<tomorrow> {_TOMORROW} | in\s\d{{1,2}}\shours? )
    | (?P<nth> (?:(?P<nth_day>{DAY_NAME})\b[.,]*\s+(?:the\s+|on\s+)*)?
               (?P<number>{_NTH}|{_NTH_WORD})(?P<month2>\s(?:of\s)?(?:next|this)\smonth)? (?![\w-]) )
    | (?P<weekday> (?P<ahead_week>next\sweek\s(?:on\s)?)?
               (?P<which>(?:this|next|last|past|nxt)\s(?:coming\s)?|(?:coming|upcoming)\s)?(?P<day>{DAY_NAME})\b
               (?P<later>\safter\snext|\sof\snext\sweek|\snext\sweek|\sin\s(?:two|2)\sweeks)? )
    )(?![\w/])""",
    _FLAGS,
)
#: Not passed by a message with no day at all: nothing slower runs for it.
GATE = re.compile(
    rf"\d(?:st|nd|rd|th)\b|\d[/.-]\d|\b(?:{_NTH_WORD})\b|\b{_MONTH}\b|\b{DAY_NAME}\b|tomor|tommor|tmr|tomm|2mor|"
    r"today|this (?:morn|aft|eve)|hours?\b|yesterday|\bago\b|\b(?:days?|weeks?|wks?|months?)\b|last night",
    re.IGNORECASE,
)
_COURT_WORDS = r"""
    courts?  hearings?  hearin  trial  arraign\w*  judge  court\s?date  return date  show cause  appear(?:ance)?
    show(?:ing)? up  be there  make it  the date  my date  scheduled  rescheduled  set for
    (?:moved|continued|postponed|pushed|reset)\s(?:it\s)?(?:back\s)?to
"""
_OTHER_WORDS = r"""
    served  serve  filed  file  filing  happened  arrested  expires?  expired  expiring  until  till?  since  ends?
    ended  broke  moved (?:out|in)  born  birthday  granted  signed  issued  hit  choked  married  wedding  work  job
    text(?:ed)?  called  emailed  wrote  came  showed up at  released  jail  visit(?:ation)?  appointment  rent  school
    surgery  flight  due  deadline  lasts?  good for  got (?:a|an|the|my) \w*\s?order  dropped  put  took
"""
_FILLER_WORDS = """
    it'?s  on  at  the  it  its  is  was  my  our  a  an  court  hearing  date  day  i  think  maybe  around  about  yes
    yeah  no  not  am  pm  morning  afternoon  noon  o'?clock  room  dept  for  of  in  this  next  coming  by  so
    sorry  actually  oops  wait  rather  i mean  i meant  mean  meant  correction  wrong  typo  make that  instead
    should be  supposed to be  moved to  changed to  pushed to  now  new  right
    um  uh  and  or  sometime  believe  guess  says?  paper  that  will  be  they  told  me  sure  [ap]
"""
_NTH_WORDS = """
    at  for  is  was  and  but  i  i'?m  im  my  we  he  she  they  how  what  can  do  so  where  to  with  if  or  in
    morning  afternoon  court  around  about  because  cuz  bc  still  already  not  that  which  when  who  the  did
    before  as  please  pls  on  actually  sorry  instead
"""


def number_of(word: str) -> int:
    """«17th» and «seventeenth» as 17."""
    return int(word[:-2]) if word[0].isdigit() else {**_NTH_NUMBERS, **_EARLY}[re.sub(r"[-\s]", "", word.lower())]


def in_digits(words: str) -> str:
    """«december first» as «december 1», which the parser reads."""
    return re.sub(rf"\b(?:{_ANY_NTH})\b", lambda match: str(number_of(match[0])), words, flags=re.IGNORECASE)


COURT = re.compile(rf"\b(?:{_any(_COURT_WORDS)})\b", re.IGNORECASE)
#: What else happens on a day. The nearer word decides.
OTHER = re.compile(rf"\b(?:{_any(_OTHER_WORDS)})\b", re.IGNORECASE)
PAST = re.compile(r"\b(?:was|were|missed|had|went|didn'?t|forgot|slept)\b", re.IGNORECASE)
MOVED = re.compile(r"\b(?:moved|rescheduled|resched|continued|postponed|pushed|reset|changed|bumped)\b", re.IGNORECASE)
#: What may stand beside a day that is the whole message.
FILLER = re.compile(rf"\b(?:{_any(_FILLER_WORDS)})\b|\d{{1,2}}(?::\d\d)?\s?(?:am|pm|a|p)?\b|[\W_]", re.IGNORECASE)
UNIT_AFTER = re.compile(
    r"^\s*(?:hours?|hrs?|days?|weeks?|months?|years?|yrs?|half|of\s(?:the|my|our|a)\s(?!month)|way|minutes?|%|feet|ft|miles?)",
    re.IGNORECASE,
)
HALF_AFTER = re.compile(r"^\s*and\sa\shalf\b", re.IGNORECASE)
WAS_AFTER = re.compile(r"^\s*(?:was|were)\b", re.IGNORECASE)
#: «this is my 4th», «on a sunday»: no day of the calendar.
ANY_DAY_BEFORE = re.compile(r"\b(?:my|his|her|our|their|an?|every|each|other)\s*$", re.IGNORECASE)
#: «When is court? It's on friday»: what was just spoken of.
IT_BEFORE = re.compile(
    r"^\W*(?:it|mine|that|this|(?:i )?got one)(?:'?s| is| was)?\s*(?:on|for|set|at)?\s*(?:the)?\s*$", re.IGNORECASE
)
NTH_OF_COURT = re.compile(r"\b(?:court|hearing|trial|date|judge)\b.{0,12}\bthe\s*$", re.IGNORECASE)
NTH_AFTER = re.compile(rf"^\s*(?:$|[.,;:!?)(\"']|(?:{_any(_NTH_WORDS)})\b)", re.IGNORECASE)
SHORT_DAY = re.compile(r"^(?:mon|wed|sat|sun|fri|tue|thu|thur)$", re.IGNORECASE)
SHORT_DAY_BEFORE = re.compile(r"\b(?:on|this|next|last|coming|is|court|hearing|til|by|for)\s*$", re.IGNORECASE)
PIECES = re.compile(
    r"[.;!?\n]|,\s+(?=(?:and|but|so|then|now|court|hearing|i|my|he|she|they)\b)|\b(?:and|but|then|because|so)\b",
    re.IGNORECASE,
)
#: «from the 5th to the 12th»: what holds for the one holds for the other.
JOINED = re.compile(r"^\W*(?:to|or|and|until)?\s*(?:the|on)?\W*$", re.IGNORECASE)
