"""Answers questions: chooses an entry and the variant for this person, or says that there is none."""

from __future__ import annotations

from whichpath.library.entries import PATH, Entry
from whichpath.library.situation import Situation
from whichpath.library.topics import GOALS, QUESTIONS
from whichpath.pathway.calendar import day_of
from whichpath.pathway.ranking import OFFER, Ranked, lifted, meant, ranked
from whichpath.pathway.routes import route_of
from whichpath.pathway.talk import MAX_CHOICES, Talk
from whichpath.pathway.turn import Message, Tell, TellDay, TellState, Turn, Utter

#: Least share of the second entry to stand below the answer as a button.
SECOND = 0.15
#: What is told where the same is asked again: the short form, which answers, the sections, then that there is no more.
FORMS = ("answer", "short", "more")
LAST = len(FORMS) - 1
#: The first question offered about a state, by role.
STATE_FIELDS = {"restrained": ("answer", "hearing", "end"), "protected": ("withdraw", "hearing", "end")}
#: The entry that the hearing date answers.
COURT_DATE = "when_is_court_date"


def answer(talk: Talk) -> Turn:
    """The answer to the question just read. ``talk`` already contains the facts of the message."""
    found = ranked(talk)
    if not found.entries or found.best < OFFER:
        return no_answer(talk, found)
    entry = meant(talk, found)
    return tell(talk, entry) if entry else offer(talk, found)


def tell(talk: Talk, entry: Entry, lead: tuple[str, ...] = ()) -> Turn:
    """Answers with ``entry``; asks first only where no answer is possible without further facts."""
    choices = entry.choices(talk.situation)
    if not choices:
        return no_answer(talk, Ranked(((entry, 1.0),), 0.0, 1.0))
    missing = entry.missing(choices, talk.situation) if len(choices) > 1 else None
    if missing and missing not in talk.dialogue.skipped:
        return talk.done(Utter(talk.named("ask", missing)), question=missing, pending=entry.id)
    if entry.id == COURT_DATE and (day := day_of(talk.situation.hearing_date)):
        today = talk.clock.today(talk.situation.state)
        return talk.done(TellDay(str(day), str(today), talk.dialogue.route), last=entry.id, repeats=0)
    return _told(talk, entry, choices[0], lead)


def fitted(before: Situation, talk: Talk) -> Turn | None:
    """The last answer in another variant, where what was told meanwhile calls for one."""
    entry = talk.library.get(talk.dialogue.last)
    was, now = (entry.choices(known)[:1] if entry else [] for known in (before, talk.situation))
    if entry is None or not now or was == now:
        return None
    talk = talk.knowing(talk.situation, last=None, question=None)
    return _told(talk, entry, now[0], check_line(talk))


def _told(talk: Talk, entry: Entry, number: int, lead: tuple[str, ...]) -> Turn:
    variant = entry.variants[number]
    again, repeats = talk.dialogue.last == entry.id, talk.dialogue.repeats
    if again and (repeats >= LAST or (repeats and not variant.more)):
        return _nothing_more(talk, entry)
    form = FORMS[repeats + 1] if again else FORMS[0]
    lead = (*lead, *(() if lead else understood(talk)), *kind_line(talk, entry))
    if form == "short":
        lead = (*lead, "utter_in_short")
    route = route_of(talk.situation, talk.dialogue.goal)
    asks = _asks_after(talk, variant.by_state)
    messages = (Utter(f"utter_ask_{asks}"),) if asks else ()
    choices = () if asks else follow_ups(talk, entry, _instead(talk, entry))
    told = Tell(entry.id, number, route, lead, choices, form)
    changes = {"last": entry.id, "repeats": FORMS.index(form), "pending": None}
    question = asks or talk.dialogue.question
    return talk.done(told, *messages, question=question, **changes)


def understood(talk: Talk) -> tuple[str, ...]:
    """The response that summarises role, matter and stage, if this message added any of them."""
    known = talk.situation
    if known.role is None or not talk.reading.found or talk.reading.pressed:
        return ()
    new = {name for name in ("role", "matter", "stage") if talk.reading.found.get(name) == getattr(known, name)}
    if not new & set(talk.reading.found) or talk.dialogue.last:
        return ()
    return check_line(talk)


def kind_line(talk: Talk, entry: Entry) -> tuple[str, ...]:
    """The response on another kind of order, if this message named it and no answer is about it."""
    kind = talk.situation.order_type
    named = kind is not None and talk.reading.found.get("order_type") == kind
    if not named or kind in ("domestic", "other", "criminal") or entry.topic == "ask_order_types":
        return ()
    return (f"utter_kind_{kind}",)


def check_line(talk: Talk) -> tuple[str, ...]:
    """The response that summarises the situation."""
    known = talk.situation
    if known.role is None:
        return ()
    if known.matter not in (None, "civil_order"):
        return (f"utter_check_{known.matter}_{known.role}",)
    stage = known.outcome or known.stage or "unsure"
    return (f"utter_check_{known.role}_{stage}",)


def _asks_after(talk: Talk, by_state: tuple[str, ...]) -> str | None:
    """The state, where the answer differs by it and it was neither given nor asked for before."""
    asked = {*talk.dialogue.skipped, *talk.dialogue.helped}
    if by_state and talk.situation.state is None and "state" not in asked and not talk.dialogue.question:
        return "state"
    return None


def _instead(talk: Talk, entry: Entry) -> tuple[Entry, ...]:
    """The entry that could be meant in place of ``entry``, if any."""
    return tuple(e for e, share in ranked(talk).entries[:2] if e.id != entry.id and share >= SECOND)


def follow_ups(talk: Talk, entry: Entry, instead: tuple[Entry, ...] = ()) -> tuple[str, ...]:
    """Buttons: the other questions of the same message, what could be meant ``instead``, usual next questions."""
    usual = (talk.library[name] for name in entry.next if name in talk.library)
    nexts = [*instead, *(e for e in usual if e.offered(talk.situation))]
    raised = tuple(f"/{topic}" for topic in talk.reading.others if topic in QUESTIONS and topic != entry.topic)
    fitting = tuple(e.payload for e in nexts if e.choices(talk.situation) and e.topic != PATH)
    return tuple(dict.fromkeys((*raised, *fitting)))[:MAX_CHOICES]


def offer(talk: Talk, found: Ranked) -> Turn:
    """Two or three questions could be meant: which one. A single one is answered."""
    close = [entry for entry, share in found.entries[:MAX_CHOICES] if share >= found.best / 3]
    near = [entry.payload for entry in close]
    if found.path >= found.best / 2 and talk.reading.intent in GOALS:
        near = [*near[:2], f"/{talk.reading.intent}"]
    if len(near) == 1 and not lifted(talk, close[0]):
        return tell(talk, close[0])
    return talk.done(Utter("utter_which_question", choices=(*near, "/something_else")), question=talk.dialogue.question)


def nearest(talk: Talk, least: float = OFFER) -> tuple[str, ...]:
    """Buttons of the questions that the message may put, likeliest first: at most two."""
    return tuple(entry.payload for entry, share in ranked(talk).entries[: MAX_CHOICES - 1] if share >= least)


def no_answer(talk: Talk, found: Ranked) -> Turn:
    """No entry fits: says so, with the nearest entries and who can help."""
    near = tuple(e.payload for e, _ in found.entries[: MAX_CHOICES - 1] if e.choices(talk.situation))
    name = "utter_no_answer_criminal" if talk.situation.matter not in (None, "civil_order") else "utter_no_answer"
    return talk.done(Utter(name, choices=(*near, "/human"), data={"unanswered": True}))


def _nothing_more(talk: Talk, entry: Entry) -> Turn:
    """The same was asked again after all its forms: says that there is no more information."""
    choices = (*follow_ups(talk, entry)[:2], "/human")
    return talk.done(Utter("utter_nothing_more", choices=choices), last=entry.id, repeats=LAST)


def told_state(talk: Talk, *before: Message) -> Turn:
    """The state was given: shows its lines for the last answer."""
    last = talk.library.get(talk.dialogue.last)
    fields: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    if last:
        numbers = last.choices(talk.situation)
        fields = last.variants[numbers[0]].by_state if numbers else ()
        choices = follow_ups(talk, last)
    role = talk.situation.side if talk.situation.role == "third_party" else talk.situation.role
    fields = (*fields, *STATE_FIELDS.get(role or "", ()))
    kind = last.order_type if last else None
    told = TellState(talk.situation.state or "", fields, talk.dialogue.elsewhere, choices, kind)
    return talk.done(*before, told, question=None)
