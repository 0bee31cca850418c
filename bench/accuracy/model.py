"""Runs a trained model on messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.cases import DANGER, ROOT, Case
from bench.accuracy.scores import Answer, Scored
from whichpath.pathway.conversation import names_hotline

FALLBACK = "nlu_fallback"


def newest(folder: Path = ROOT / "models") -> Path:
    """The newest model in ``folder``, which the server would use.

    Raises:
        FileNotFoundError: there is no model.
    """
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"No trained model in {folder}: run `make train` first.")
    return found[-1]


def answer(parsed: dict[str, Any]) -> Answer:
    """Rasa's parse of a message as an :class:`Answer`."""
    intent = parsed.get("intent") or {}
    danger = parsed.get("danger") or {}
    entities: dict[str, str] = {}
    for entity in parsed.get("entities") or []:
        entities.setdefault(entity["entity"], str(entity["value"]))
    ranking = [r["name"] for r in parsed.get("intent_ranking") or [] if r["name"] != FALLBACK]
    name = intent.get("name") or FALLBACK
    confidences = [r["confidence"] for r in parsed.get("intent_ranking") or [] if r["name"] != FALLBACK]
    # The fallback's confidence is its threshold; the confidence of the first topic is used instead.
    confidence = confidences[0] if name == FALLBACK and confidences else float(intent.get("confidence") or 0.0)
    return Answer(
        intent=name,
        confidence=confidence,
        ranking=tuple(ranking),
        entities=entities,
        danger=bool(danger) or name in DANGER,
        support=names_hotline(parsed.get("support"), entities.get("role")),
        legal_intent=danger.get("legal_intent"),
        topics=tuple(t["name"] for t in parsed.get("topics") or []),
        guesses={k: (g["value"], g["confidence"]) for k, g in (parsed.get("situation") or {}).items()},
    )


class Model:
    """A loaded model; `milliseconds`: the time for each message."""

    def __init__(self, path: Path) -> None:
        from rasa.core.agent import Agent

        self._agent = Agent.load(str(path))
        self.milliseconds: list[float] = []

    def score(self, cases: Sequence[Case], progress: Callable[[int, int], None]) -> list[Scored]:
        """Parses every case."""
        return asyncio.run(self._score(cases, progress))

    async def _score(self, cases: Sequence[Case], progress: Callable[[int, int], None]) -> list[Scored]:
        scored = []
        for done, case in enumerate(cases, start=1):
            started = time.perf_counter()
            # A slash would be parsed as a command, without the NLU pipeline.
            parsed = await self._agent.parse_message(case.text.lstrip("/ "))
            self.milliseconds.append((time.perf_counter() - started) * 1000)
            scored.append(Scored(case, answer(parsed)))
            progress(done, len(cases))
        return scored
