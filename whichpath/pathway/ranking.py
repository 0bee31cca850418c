"""Ranks the questions that a message may put: what the classifier found, weighed by what is known of the person.

The known situation is a hard filter on the variants; who asks, and what was asked before, are priors.
"""

from __future__ import annotations

from dataclasses import dataclass

from whichpath.library.entries import Entry
from whichpath.library.situation import CRIMINAL
from whichpath.library.topics import GOALS
from whichpath.pathway.talk import Talk

#: Least share of the best entry to be answered, and for the nearest ones to be offered.
TELL, OFFER = 0.25, 0.06
#: Least share of the best entry of a message that asks, whatever else it was taken for: it is answered or offered.
NEAR = 0.2
#: Least ratio of the best share to the second, where both could be meant.
LEAD = 1.6
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
CLOSE = 0.45
#: Below OWN, the share in the message itself, an entry is told only where no other that such a person asks (a factor of
#: ASKABLE) has more: who asks may decide between questions, not put one into somebody's mouth.
OWN, ASKABLE = 0.35, 0.3
#: From this share on the message asks for the entry in so many words: who asks lowers it to PLAINLY_ASKED at most.
PLAIN, PLAINLY_ASKED = 0.8, 0.5
#: Least share of a question in a message that the topic classifier assigns to something else.
STRONG = 0.45
#: The same for messages that are not questions.
TOLD = 0.8
#: Least share of a question that is answered though the message looks off topic or like small talk.
CERTAIN = 0.9
#: Weight of the entry that was just shown.
JUST_TOLD = 0.6
#: What the message before resembled counts the more, up to so many times.
HEARD = 1.0
#: How much a question about another kind of order than the person's counts; and one about a kind nobody named.
OTHER_KIND, UNNAMED_KIND = 0.1, 0.4


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


def _own(talk: Talk, entry: Entry, unlisted: float = 0.0) -> float:
    """The share of ``entry`` in the message itself, whoever asks; ``unlisted``: where it is not among those found."""
    return next((share for name, share in talk.reading.questions if name == entry.id), unlisted)


def _prior(talk: Talk, entry: Entry) -> float:
    askers, known = talk.reading.askers.get(entry.id, {}), talk.situation
    matter = known.matter and ("criminal" if known.matter in CRIMINAL else "civil")
    asked = askers.get(known.role or "", 1.0) * askers.get(matter or "", 1.0)
    if _own(talk, entry) >= PLAIN:
        asked = max(asked, PLAINLY_ASKED)
    last = talk.library.get(talk.dialogue.last)
    spoken_of = last is not None and entry.order_type == last.order_type
    kind = 1.0 if spoken_of else _kind(entry, known.order_type, talk.reading.found.get("order_type"))
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


def certain(talk: Talk) -> bool:
    """Whether the message asks a question that an entry answers, beyond doubt."""
    return talk.reading.asks and heard(talk, CERTAIN)


def likely(talk: Talk) -> bool:
    """Whether a statement without new facts is likely a question or a goal: "I want him arrested"."""
    found = ranked(talk)
    return found.best >= STRONG and found.best > found.path


def wants_answer(talk: Talk) -> bool:
    """Whether the message contains a question that an entry may answer, besides facts or goals."""
    found = ranked(talk)
    return bool(talk.reading.asked) or (talk.reading.asks and found.best >= max(NEAR, found.path)) or heard(talk)


def clear(talk: Talk) -> bool:
    """Whether it is clear which question is asked."""
    found = ranked(talk)
    return bool(found.entries) and meant(talk, found) is not None


def decided(found: Ranked) -> bool:
    second = found.entries[1][1] if len(found.entries) > 1 else 0.0
    return found.best >= TELL and (found.best >= CLOSE or found.best >= LEAD * second or _same(found))


def lifted(talk: Talk, entry: Entry) -> bool:
    """Whether ``entry`` stands first only by who asks, though the message resembles another one more, and it little."""
    own = _own(talk, entry, 1.0)
    return not talk.reading.asked and own < OWN and own < _resembled(talk)[1]


def meant(talk: Talk, found: Ranked) -> Entry | None:
    """The entry that the message asks for; ``None`` where that is not clear.

    Where the first one is lifted, it is the one that the message itself resembles most, if it does so clearly.
    """
    first = found.entries[0][0]
    if not lifted(talk, first):
        return first if decided(found) else None
    name, share = _resembled(talk)
    return talk.library[name] if share >= max(OWN, LEAD * _own(talk, first)) else None


def _resembled(talk: Talk) -> tuple[str, float]:
    """The entry that the message itself resembles most, of those that such a person asks and that fit them."""
    shares = {
        name: share
        for name, share in talk.reading.questions
        if name in talk.library and talk.library[name].choices(talk.situation)
    }
    askable = [name for name in shares if _prior(talk, talk.library[name]) >= ASKABLE]
    best = max(askable, key=shares.__getitem__, default="")
    return best, shares.get(best, 0.0)


def _same(found: Ranked) -> bool:
    """Whether the first two lead to each other: either answers."""
    first, second = found.entries[0][0], found.entries[1][0]
    return second.id in first.next or first.id in second.next
