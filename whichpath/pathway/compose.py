"""Renders answers as messages; always attaches notice and referral.

No other code renders answers, so none can be sent without them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from whichpath.library.entries import FOLD_WORDS, SMS_CHARS, STEPS, Entry, Fold, words
from whichpath.library.files import CONTENT
from whichpath.library.notice import Help, load_help, load_notice
from whichpath.library.organisation import load_organisation_texts
from whichpath.library.rules import FittingRules, StateRules, load_rules
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.spanish import load_spanish
from whichpath.library.states.packs import States
from whichpath.library.terms import load_terms
from whichpath.pathway import calendar
from whichpath.pathway.brief import WORDS, brief
from whichpath.pathway.rendered import Body, DayWords, Rendered
from whichpath.pathway.spanish_card import in_spanish, state_in_spanish

#: Fields of a state file with ways to a lawyer.
LAWYERS = ("legal_aid_url", "bar_referral_url")
#: Most ways to a lawyer below an answer.
LINKS = 3
#: Most lines of a state in an answer, in the section behind it, and in an answer about the state itself.
IN_ANSWER, IN_FOLD, ALONE = 1, 3, 3


class Composer:
    """Attaches notice and referral to answers.

    Args:
        states: the state packs, for names and local ways to a lawyer.
        rules: what differs by state.
        folder: the folder of ``notice.yml`` and ``help.yml``.
        today: the date that decides what is out of date; a function, so that tests can move it.
    """

    def __init__(
        self,
        states: States,
        rules: StateRules | None = None,
        folder: Path = CONTENT,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self.states = states
        self.rules = rules or load_rules({code: pack.name for code, pack in states.packs.items()})
        self.today = today
        self.notice, self.help = load_notice(folder), load_help(folder)
        self.terms = load_terms(folder)
        self.organisation = load_organisation_texts()
        self.calendar = calendar.load_calendar(folder)
        self.spanish = load_spanish(folder)

    # --- ways to a lawyer ---

    def lawyers(self, situation: Situation, elsewhere: str | None = None) -> list[str]:
        """Ways to a lawyer: an advocate where the order protects, free legal aid, a paid lawyer, then self-help.

        Of each kind the state's own, else a nationwide finder; self-help where there is room.
        """
        today, codes = self.today(), [code for code in (situation.state, elsewhere) if code]
        nationwide = self._help_for(situation)
        # The organisation that runs the bot comes first, if it serves this person.
        own_line = self.organisation.line("referral", situation.state)
        lines = [h.line for h in nationwide if h.roles]
        for kind in LAWYERS:
            own = [line for code in codes for line in self.states.lawyers(code, today, (kind,))]
            lines += own or [h.line for h in nationwide if h.instead_of == kind][:1]
        spare = [line for code in codes for line in self.states.lawyers(code, today) if line not in lines]
        spare += [h.line for h in nationwide if not h.roles and not codes and h.line not in lines]
        lines += spare[: max(0, LINKS - len(lines))]
        return ([own_line] if own_line else []) + (lines or [self.notice.lawyer])

    def referral(self, situation: Situation, elsewhere: str | None = None) -> str:
        """The ways to a lawyer as one text."""
        return f"{self.notice.lawyers}\n" + "\n".join(f"- {line}" for line in self.lawyers(situation, elsewhere))

    def referral_sms(self, situation: Situation) -> str:
        """The ways to a lawyer in one short line."""
        own = self.organisation.line("referral_sms", situation.state)
        own = own or self.states.lawyer_sms(situation.state, self.today())
        fresh = (h.sms for h in self.help if h.sms and h.expires >= self.today())
        return own or next(fresh, self.notice.lawyer_sms)

    def _help_for(self, situation: Situation) -> list[Help]:
        """Nationwide help: lawyers for everybody, an advocate's line for whom the order protects (or may)."""
        role = situation.side if situation.role == "third_party" else situation.role
        return [h for h in self.help if h.expires >= self.today() and (not h.roles or role is None or role in h.roles)]

    # --- answers ---

    def entry(
        self,
        entry: Entry,
        number: int,
        situation: Situation,
        route: str | None,
        lead: str = "",
        form: str = "answer",
        room: int = WORDS,
    ) -> Rendered:
        """Variant ``number`` of ``entry``, and what the person's state says on its subject.

        An expired text is not shown. ``form``: ``more``, its sections, or ``short`` in place of the answer.
        """
        variant, today = entry.variants[number], self.today()
        reviewed, sources = entry.reviewed_on(variant), entry.sources_of(variant)
        if not entry.fresh(variant, today):
            body = Body(self.notice.expired.format(title=entry.question), sms=self.notice.expired_sms)
        elif form == "more":
            answer = "\n\n".join(f"{fold.title}: {fold.text}" for fold in variant.more)
            body = Body(answer, sms=_first_that_fits([f.text for f in variant.more], variant.sms))
        elif form == "short":
            # By text message the short form was the answer: the steps say something else.
            body = Body(
                variant.sms,
                sections=variant.more,
                sms=_first_that_fits([" ".join(variant.do), variant.answer], variant.sms),
            )
        else:
            sms, lines, short = variant.sms, "", ""
            folds = variant.more
            known = situation.of_kind(entry.order_type)
            local = self.rules.fitting(known, variant.by_state, today, IN_ANSWER + IN_FOLD)
            if local:
                first = replace(local, rules=local.rules[:IN_ANSWER])
                lines, short = " ".join(self.spoken(first)), self._short(first)
                sms = self._sms_with(first, sms)
                folds = (*self._further(local), *folds)
                reviewed = min(reviewed, local.reviewed)
                sources = (*sources, *(rule.as_source(local.state) for rule in local.rules))
            for_them = self.notice.for_them if situation.role == "third_party" and _of_a_side(variant.fits) else ""
            general = " ".join(filter(None, [for_them, variant.answer]))
            body = Body(general, variant.do, folds, sms, lines, short)
        is_path = entry.topic == "path"
        data = {
            "card": entry.id,
            "question": None if is_path else entry.id,
            "title": entry.question,
            "reviewed": reviewed.isoformat(),
            "review": _review(variant.review or entry.review),
            "sources": [s.dict(exclude_none=True, exclude={"says"}) for s in sources],
        }
        return self.legal(body, situation, route, data, lead, room=room)

    def in_spanish(self, rendered: Rendered, entry: Entry) -> Rendered:
        """An answer for somebody who writes in Spanish: see :mod:`~whichpath.pathway.spanish_card`."""
        changes = in_spanish(rendered.data, entry.id, self.spanish, self.today())
        return rendered.changed({**changes, "terms": self.explained([changes["answer"]], entry.id, "es")})

    def state_in_spanish(self, rendered: Rendered, code: str | None) -> Rendered:
        """A state's lines, for somebody who writes in Spanish."""
        changes = state_in_spanish(rendered.data, self.states.name(code) or code or "", self.spanish)
        return rendered.changed({**changes, "terms": []})

    def spoken(self, local: FittingRules) -> list[str]:
        """The lines of a state, the first with its name."""
        first, *rest = (rule.spoken() for rule in local.rules)
        return [self._here(local, first), *rest]

    def _here(self, local: FittingRules, line: str) -> str:
        form = self.notice.in_state_domestic if local.assumed else self.notice.in_state
        return form.format(state=local.state, line=line)

    def _further(self, local: FittingRules) -> tuple[Fold, ...]:
        """The state's further lines (forms, appeal …) as a section."""
        rules = list(local.rules[IN_ANSWER:])
        while rules:
            text = " ".join(self.spoken(replace(local, rules=tuple(rules))))
            if words(text) <= FOLD_WORDS:
                return (Fold(title=self.notice.state_more.format(state=local.state), text=text),)
            rules.pop()
        return ()

    def _short(self, local: FittingRules) -> str:
        """The state's short line, if there is one."""
        short = next((rule.sms for rule in local.rules if rule.sms), "")
        return self._here(local, short) if short else ""

    def _sms_with(self, local: FittingRules, general: str) -> str:
        """The state's short line, after the general text if both fit."""
        short = next((f"{local.state}: {rule.sms}" for rule in local.rules if rule.sms), "")
        both = f"{general} {short}".strip()
        return both if len(both) <= SMS_CHARS else general

    def state(
        self, situation: Situation, fields: Sequence[str], route: str | None = None, elsewhere: str | None = None
    ) -> Rendered:
        """The state's lines on ``fields``, each with its source."""
        code = situation.state or ""
        name, today = self.states.name(code) or code, self.today()
        local = self.rules.fitting(situation, fields, today, ALONE)
        data: dict[str, Any] = {"card": f"state_{code}", "question": None}
        data["title"] = self.notice.state_title.format(state=name)
        if local:
            steps = self.spoken(local)
            body = Body("\n".join([*steps, self.notice.state_check]), sms=self._state_sms(local, name))
            data["reviewed"] = local.reviewed.isoformat()
            data["sources"] = [rule.as_source(name).dict(exclude_none=True) for rule in local.rules]
        else:
            criminal = self.notice.state_criminal if situation.matter in CRIMINAL else self.notice.state_nothing
            body = Body(criminal.format(state=name), sms=self.notice.state_nothing_sms.format(state=name))
            data["reviewed"], data["sources"] = today.isoformat(), []
        return self.legal(body, situation, route, data, referral=self.referral(situation, elsewhere))

    def _state_sms(self, local: FittingRules, name: str) -> str:
        parts = [rule.sms for rule in local.rules if rule.sms] or [local.rules[0].line]
        while len(parts) > 1 and len(f"{name}: {' '.join(parts)}") > SMS_CHARS:
            parts.pop()
        text = f"{name}: {' '.join(parts)}"
        return text if len(text) <= SMS_CHARS else self.notice.state_nothing_sms.format(state=name)

    def day(self, told: DayWords, situation: Situation, route: str | None, alone: bool) -> Rendered:
        """The day in court: the days left; and the steps, where nothing else is shown."""
        role = situation.side if situation.role == "third_party" else situation.role
        lead = calendar.lead(told.day, told.today, self.calendar)
        data: dict[str, Any] = {
            "card": "hearing_date",
            "question": None,
            "title": told.title,
            "hearing": told.day.isoformat(),
        }
        answer = " ".join(filter(None, [lead, told.check_sms]))
        # The link comes before the correction hint, which the full text has, too.
        parts = [part for part in (lead, told.link_sms, told.check_sms) if part]
        while len(" ".join(parts)) > SMS_CHARS:
            parts.pop()
        sms = " ".join(parts).strip()
        if not alone:
            return Rendered("\n".join(filter(None, [answer, told.more])), {**data, "sms": sms})
        steps = [f"{s.when}: {s.text}" for s in calendar.steps(told.day, told.today, self.calendar, role)]
        data["reviewed"] = self.calendar.reviewed.isoformat()
        data["sources"] = [{"title": self.calendar.source}]
        rest = "\n".join(steps[STEPS:])
        sections = [{"title": self.calendar.steps_heading.rstrip(":"), "text": rest}] if rest else []
        body = Body("\n".join(filter(None, [answer, told.more])), steps[:STEPS], (), sms)
        rendered = self.legal(body, situation, route, data)
        return Rendered(rendered.text, {**rendered.data, "sections": sections})

    def explained(self, texts: Sequence[str], told: str, lang: str = "en") -> list[dict[str, str]]:
        """Legal terms in ``texts``, each with its explanation: see ``content/terms.yml``."""
        return self.terms.standing_in(texts, self.today(), lang, told)

    def legal(
        self,
        body: Body,
        situation: Situation,
        route: str | None,
        data: dict[str, Any],
        lead: str = "",
        referral: str = "",
        room: int = WORDS,
    ) -> Rendered:
        """Any legal text with notice and referral, as text, and as SMS in ``data["sms"]``.

        ``room``: most words before the folds.
        """
        referral = referral or self.referral(situation)
        lawyer = self.referral_sms(situation)
        payload = {
            **data,
            "route": route,
            "legal": True,
            "lead": lead or None,
            "body": body.text(),
            "answer": body.answer,
            "steps": list(body.steps),
            "sections": [fold.dict() for fold in body.sections],
            "local": body.local or None,
            "brief": brief(data["title"], body.general, body.steps, body.local, body.local_short, room),
            "terms": self.explained([body.answer, *body.steps, *(f.text for f in body.sections)], data["card"]),
            "notice": self.notice.text,
            "notice_short": self.notice.short,
            "referral": referral,
            "sms": f"{body.sms}\n{self.notice.sms} {lawyer}",
            "lawyer_sms": lawyer,
        }
        return Rendered("\n\n".join(filter(None, [lead, body.text(), self.notice.text, referral])), payload)


def _of_a_side(fits: dict[str, tuple[str, ...]]) -> bool:
    """Whether an answer is for one of the two sides, so that a helper is told for whom it is."""
    return bool(fits.get("role")) and "third_party" not in fits["role"]


def _first_that_fits(texts: Sequence[str], otherwise: str) -> str:
    return next((text for text in texts if text and len(text) <= SMS_CHARS), otherwise)


def _review(review: Any) -> str:
    return review if isinstance(review, str) else f"{review.by}, {review.on}"
