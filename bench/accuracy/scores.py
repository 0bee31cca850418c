"""Compares a model's output with the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.accuracy.cases import DANGER, REFUSED, Case

OFFERED = 3


@dataclass(frozen=True)
class Answer:
    """A model's output for one message. `ranking`: likeliest first, without the fallback."""

    intent: str
    confidence: float
    ranking: tuple[str, ...]
    entities: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    #: The hotline is named, without an alarm.
    support: bool = False
    legal_intent: str | None = None
    topics: tuple[str, ...] = ()
    #: Fact -> (likeliest value, its confidence), even below the threshold for a claim.
    guesses: Mapping[str, tuple[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scored:
    """A case with the model's answer."""

    case: Case
    answer: Answer

    @property
    def counts(self) -> bool:
        """Whether the case has a label for the topic."""
        return bool(self.case.intents)

    @property
    def first(self) -> bool:
        """Whether the right topic is first. After danger, the following legal topic counts as first."""
        heard = {self.answer.intent}
        if self.answer.intent in DANGER and self.answer.legal_intent:
            heard.add(self.answer.legal_intent)
        return bool(heard & self.case.intents)

    @property
    def offered(self) -> bool:
        """Whether the right topic is answered, or offered where the bot asks which is meant."""
        near = {*self.answer.ranking[:OFFERED], *self.answer.topics}
        return self.first or bool(near & self.case.intents)


@dataclass(frozen=True)
class Share:
    """A proportion."""

    part: int
    whole: int

    @classmethod
    def of(cls, flags: Iterable[bool]) -> Share:
        """The proportion of true ``flags``."""
        seen = list(flags)
        return cls(sum(seen), len(seen))

    @property
    def value(self) -> float:
        """The value, 0 to 1; 0 if nothing was counted."""
        return self.part / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.part}/{self.whole})" if self.whole else "–"


@dataclass(frozen=True)
class Claims:
    """How often a fact was claimed, and how often correctly."""

    right: Share  # precision: of the claims, where the text gives the fact
    claimed: Share  # coverage: of the messages that give the fact
    untold: Share  # false claims: of the messages that do not give it


def claims(scored: Sequence[Scored], name: str) -> Claims:
    """Precision and coverage of `role`, `stage` or `matter`."""
    pairs = [(getattr(s.case, name), s.answer.entities.get(name)) for s in scored if getattr(s.case, name)]
    untold = [s.answer.entities.get(name) for s in scored if not getattr(s.case, name)]
    return Claims(
        right=Share.of(truth == said for truth, said in pairs if said),
        claimed=Share.of(said is not None for _, said in pairs),
        untold=Share.of(said is not None for said in untold),
    )


@dataclass(frozen=True)
class Totals:
    """The figures that have a target."""

    first: Share
    offered: Share
    refused: Share
    falsely_refused: Share
    danger: Share
    alarmed: Share
    false_danger: Share
    false_support: Share


def totals(scored: Sequence[Scored]) -> Totals:
    """Computes the figures. Topic figures exclude danger and off-topic messages, which are counted separately."""
    counted = [s for s in scored if s.counts]
    off = [s for s in counted if s.case.intents & REFUSED and s.case.main in REFUSED]
    topical = [s for s in counted if s.case.main not in REFUSED]
    plain = [s for s in topical if s.case.main not in DANGER]
    return Totals(
        first=Share.of(s.first for s in plain),
        offered=Share.of(s.offered for s in plain),
        refused=Share.of(s.answer.intent in REFUSED for s in off),
        # Asking which topic is meant is not a refusal: the right one can still be chosen.
        falsely_refused=Share.of(s.answer.intent == "out_of_scope" for s in topical),
        danger=Share.of(s.answer.danger or s.answer.support for s in scored if s.case.danger),
        alarmed=Share.of(s.answer.danger for s in scored if s.case.danger),
        false_danger=Share.of(s.answer.danger for s in scored if not s.case.danger),
        false_support=Share.of(s.answer.support for s in scored if not s.case.danger),
    )


def groups(scored: Sequence[Scored], key: str) -> dict[str, list[Scored]]:
    """Groups by `slice` or `main`, largest first."""
    found: dict[str, list[Scored]] = {}
    for s in scored:
        if s.counts:
            found.setdefault(getattr(s.case, key), []).append(s)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


#: Mean confidence, proportion correct and count of one confidence bin.
Bin = tuple[float, float, int]


def calibration(scored: Sequence[Scored], bins: int = 10) -> list[Bin]:
    """The calibration curve of the topic."""
    return _binned([(s.answer.confidence, s.first) for s in scored if s.counts], bins)


def calibration_of(scored: Sequence[Scored], name: str, bins: int = 10) -> list[Bin]:
    """The calibration curve of `role` or `stage`. Where the message does not give the fact, any value is wrong."""
    guessed = [(s.answer.guesses[name], getattr(s.case, name)) for s in scored if name in s.answer.guesses]
    return _binned([(confidence, value == truth) for (value, confidence), truth in guessed], bins)


def _binned(pairs: Sequence[tuple[float, bool]], bins: int) -> list[Bin]:
    rows = []
    for low in range(bins):
        inside = [p for p in pairs if min(int(p[0] * bins), bins - 1) == low]
        if inside:
            mean = sum(confidence for confidence, _ in inside) / len(inside)
            rows.append((mean, Share.of(right for _, right in inside).value, len(inside)))
    return rows


def calibration_error(rows: Sequence[Bin]) -> float:
    """The expected calibration error, 0 to 1."""
    total = sum(n for *_, n in rows)
    return sum(n * abs(mean - right) for mean, right, n in rows) / total if total else 0.0
