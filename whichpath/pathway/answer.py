"""Answers questions: chooses an entry and the variant for this person, or says that there is none.

The classifier ranks the questions; the known situation is a hard filter; the previous question is a prior.
"""

from __future__ import annotations

from dataclasses import dataclass

from whichpath.library.entries import PATH, Entry
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import GOALS, QUESTIONS
from whichpath.pathway.calendar import day_of
from whichpath.pathway.routes import route_of
from whichpath.pathway.talk import MAX_CHOICES, Talk
from whichpath.pathway.turn import Message, Tell, TellDay, TellState, Turn, Utter

#: Least share of the best entry to be answered, and for the nearest ones to be offered.
TELL, OFFER = 0.25, 0.06
#: Least share of the best entry of a message that asks, whatever else it was taken for: it is answered or offered.
NEAR = 0.2
#: Least ratio of the best share to the second, where both could be meant.
LEAD = 2.0
#: Least share of the second entry to stand below the answer as a button.
SECOND = 0.15
#: Weight of a bare goal in a question: goals are mostly statements, and have many more examples.
WISH = 0.08
#: Entries that ask for the path itself: beside a wish, the path answers them.
WISHES = frozenset(
    (
        "how_end_order",
        "protected_end_how",
        "ask_court_end_order",
        "no_order_how_to_get",
        "both_want_gone",
        "end_mutual_orders",
        "protected_drop_before_hearing",
        "third_drop_for_someone",
    )
)
#: Below this share the second entry is considered too.
CLOSE = 0.42
#: Least share of a question in a message that the topic classifier assigns to something else.
STRONG = 0.45
#: The same for messages that are not questions.
TOLD = 0.8
#: Weight of the entry that was just shown.
JUST_TOLD = 0.9
#: What the message before resembled counts the more, up to so many times.
HEARD = 1.0
#: How much a question about another kind of order than the person's counts; and one about a kind nobody named.
OTHER_KIND, UNNAMED_KIND = 0.1, 0.4
#: What is told where the same is asked again: its sections, then its short form, then that there is no more.
FORMS = ("answer", "more", "short")
LAST = len(FORMS) - 1
#: The first question offered about a state, by role.
STATE_FIELDS = {"restrained": ("answer", "hearing", "end"), "protected": ("withdraw", "hearing", "end")}
#: The entry that the hearing date answers.
COURT_DATE = "when_is_court_date"


@dataclass(frozen=True)
class Ranked:
    """The entries that the message may ask for. ``dropped`` is the share of those that do not fit the person."""

    entries: tuple[tuple[Entry, float], ...]
    path: float
    dropped: float

    @property
    def best(self) -> float:
        """The share of the best entry."""
        return self.entries[0][1] if self.entries else 0.0


def ranked(talk: Talk) -> Ranked:
    """The entries that fit the person, likeliest first, with their shares of what was not ruled out."""
    reading, known = talk.reading, talk.situation
    if reading.asked in talk.library:
        return Ranked(((talk.library[reading.asked], 1.0),), 0.0, 0.0)
    shares: dict[str, float] = {}
    path = dropped = discounted = 0.0
    for name, share in reading.questions:
        if name in GOALS:
            counted = share * (WISH if reading.asks else 1.0)
            path, discounted = path + counted, discounted + share - counted
        elif name in WISHES and reading.intent in GOALS:
            path += share
        elif name in talk.library:
            if talk.library[name].choices(known):
                shares[name] = share * _prior(talk, talk.library[name])
                discounted += max(0.0, share - shares[name])
            else:
                dropped += share
    order = sorted(shares, key=shares.__getitem__, reverse=True)
    # The share of unlisted entries is not redistributed, so that a weak match stays weak.
    total = max(sum(shares.values()) + path, 1.0 - dropped - discounted) or 1.0
    return Ranked(tuple((talk.library[n], shares[n] / total) for n in order), path / total, dropped)


def _prior(talk: Talk, entry: Entry) -> float:
    askers, known = talk.reading.askers.get(entry.id, {}), talk.situation
    matter = known.matter and ("criminal" if known.matter in CRIMINAL else "civil")
    asked = askers.get(known.role or "", 1.0) * askers.get(matter or "", 1.0)
    kind = _kind(entry, known.order_type, talk.reading.found.get("order_type"))
    if entry.id == talk.dialogue.last:
        return asked * kind * JUST_TOLD
    return asked * kind * (1 + HEARD * talk.dialogue.heard.get(entry.id, 0.0))


def _kind(entry: Entry, *named: str | None) -> float:
    """How much an entry about one kind of order counts, by the kinds that were named."""
    if entry.order_type in (None, "criminal") or entry.order_type in named:
        return 1.0
    return OTHER_KIND if any(named) else UNNAMED_KIND


def heard(talk: Talk, least: float = STRONG) -> bool:
    """Whether a question is asked so clearly that it is answered, whatever else the message was taken for.

    What is told, not asked, needs more: a story resembles many questions.
    """
    found = ranked(talk)
    least = least if talk.reading.asks else max(least, TOLD)
    return bool(talk.reading.asked) or (found.best >= least and found.best > found.path)


def likely(talk: Talk) -> bool:
    """Whether a statement without new facts is likely a question or a goal: "I want him arrested"."""
    found = ranked(talk)
    return found.best >= STRONG and found.best > found.path


def wants_answer(talk: Talk) -> bool:
    """Whether the message contains a question that an entry may answer, besides facts or goals."""
    found = ranked(talk)
    return bool(talk.reading.asked) or (talk.reading.asks and found.best >= max(NEAR, found.path)) or heard(talk)


def answer(talk: Talk) -> Turn:
    """The answer to the question just read. ``talk`` already contains the facts of the message."""
    found = ranked(talk)
    if not found.entries or found.best < OFFER:
        return no_answer(talk, found)
    return tell(talk, found.entries[0][0]) if _decided(found) else offer(talk, found)


def clear(talk: Talk) -> bool:
    """Whether it is clear which question is asked."""
    return _decided(ranked(talk))


def _decided(found: Ranked) -> bool:
    second = found.entries[1][1] if len(found.entries) > 1 else 0.0
    return found.best >= TELL and (found.best >= CLOSE or found.best >= LEAD * second or _same(found))


def _same(found: Ranked) -> bool:
    """Whether the first two lead to each other: either answers."""
    first, second = found.entries[0][0], found.entries[1][0]
    return second.id in first.next or first.id in second.next


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
    if again and repeats >= LAST:
        return _nothing_more(talk, entry)
    form = "answer" if not again else "more" if variant.more and not repeats else "short"
    lead = (*lead, *(() if lead else understood(talk)), *kind_line(talk, entry))
    if form == "short":
        lead = (*lead, "utter_in_short")
    route = route_of(talk.situation, talk.dialogue.goal)
    asks = _asks_after(talk, variant.by_state)
    messages = (Utter(f"utter_ask_{asks}"),) if asks else ()
    choices = () if asks else follow_ups(talk, entry)
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


def follow_ups(talk: Talk, entry: Entry) -> tuple[str, ...]:
    """Buttons: the other questions of the same message, the one that could be meant instead, usual next questions."""
    near = [e for e, share in ranked(talk).entries[:2] if e.id != entry.id and share >= SECOND]
    nexts = [*near, *(talk.library[name] for name in entry.next if name in talk.library)]
    raised = tuple(f"/{topic}" for topic in talk.reading.others if topic in QUESTIONS and topic != entry.topic)
    fitting = tuple(e.payload for e in nexts if e.choices(talk.situation) and e.topic != PATH)
    return tuple(dict.fromkeys((*raised, *fitting)))[:MAX_CHOICES]


def offer(talk: Talk, found: Ranked) -> Turn:
    """Two or three questions could be meant: which one."""
    near = [entry.payload for entry, share in found.entries[:MAX_CHOICES] if share >= found.best / 3]
    if found.path >= found.best / 2 and talk.reading.intent in GOALS:
        near = [*near[:2], f"/{talk.reading.intent}"]
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
    """The same was asked again after its short form: says that there is no more information."""
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
