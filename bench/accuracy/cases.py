"""Messages for evaluating a model: our two sets, any file of JSON lines, and the training examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "nlu"
TRAINING = ROOT / "data" / "nlu"

#: Topic names of a collection of real messages -> the intents that answer them.
INTENTS_OF: dict[str, tuple[str, ...]] = {
    "drop_own_order": ("end_order",),
    "end_final_order": ("end_order",),
    "contest_before_final": ("contest_order", "end_order"),
    "missed_hearing": ("ask_missed_hearing",),
    "need_lawyer": ("ask_lawyer",),
    "what_is_motion": ("ask_motion",),
    "who_can_cancel": ("ask_who_can_end",),
    "contact_while_order": ("ask_contact",),
    "violation": ("ask_violation",),
    "service_problem": ("ask_service",),
    "evidence": ("ask_evidence",),
    "forms_fees": ("ask_forms",),
    "consequences_guns": ("ask_guns",),
    "consequences_custody": ("ask_custody",),
    "consequences_immigration": ("ask_immigration",),
    "consequences_job_record": ("ask_record",),
    "interstate": ("ask_interstate",),
    "deadline_appeal": ("ask_appeal",),
    "how_long": ("ask_duration",),
    "keep_or_oppose": ("keep_order",),
    "extend_order": ("extend_order", "ask_duration"),
    "enforce_order": ("enforce_order", "ask_violation"),
    # No intents of these names: the intents whose entries answer them.
    "petition_denied": ("ask_denied",),
    "prove_what": ("ask_evidence", "contest_order", "get_order"),
    "testify_subpoena": ("ask_testify",),
    "other_side_absent": ("ask_missed_hearing", "ask_hearing", "ask_motion"),
    "recant_or_lied": ("drop_charges", "ask_testify", "end_order"),
    "no_contact_criminal": ("ask_charges", "drop_charges", "modify_order", "ask_contact"),
    "order_other_type": ("ask_order_types", "get_order"),
    "safety_danger": ("danger", "self_harm"),
    "out_of_scope": ("out_of_scope", "nlu_fallback"),
}
DANGER = frozenset({"danger", "self_harm"})
REFUSED = frozenset({"out_of_scope", "nlu_fallback"})
_STAGES = {"none_yet": "none"}


@dataclass(frozen=True)
class Case:
    """One message with its labels. Empty `intents`: not scored; None: the message does not show the fact."""

    text: str
    intents: frozenset[str]
    main: str
    slice: str = "all"
    role: str | None = None
    stage: str | None = None
    matter: str | None = None
    danger: bool = False


def intents_of(topic: str) -> tuple[str, ...]:
    """The intents of a topic name in a file; the name of an intent means itself."""
    return () if topic in ("", "other") else INTENTS_OF.get(topic, (topic,))


def read(path: Path) -> list[Case]:
    """Reads JSON lines: `text`, `topic`, `topic2` or `topics2`, `role`, `stage`, `slice` or `kind`, and `danger`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_case(row) for row in rows]


def heldout(folder: Path = OWN) -> list[Case]:
    """Our held-out messages: never trained on, but used to choose settings."""
    return _own("heldout", folder)


def blind(folder: Path = OWN) -> list[Case]:
    """Our blind messages, by a writer who had not seen the training examples: only for measuring."""
    return _own("blind", folder)


def _own(name: str, folder: Path) -> list[Case]:
    return [case for path in sorted(folder.glob(f"{name}_*.jsonl")) for case in read(path)]


def _case(row: Mapping[str, Any]) -> Case:
    main = row.get("topic") or ""
    names = [main, row.get("topic2") or "", *row.get("topics2", [])]
    # "other" is not scored, even with a second topic: its right answer was not decided.
    accepted = [] if main in ("", "other") else [i for name in names for i in intents_of(name)]
    return Case(
        text=row["text"],
        intents=frozenset(accepted),
        main=accepted[0] if accepted else "",
        slice=str(row.get("slice") or row.get("kind") or "all"),
        role=_labelled(row, "role"),
        stage=_labelled(row, "stage"),
        matter=_labelled(row, "matter"),
        # Without a label, danger is expected only as the main topic; as a second topic it is accepted.
        danger=bool(row["danger"] if "danger" in row else DANGER & set(intents_of(main))),
    )


def _labelled(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return None if value in (None, "", "unclear") else _STAGES.get(value, value)


@dataclass(frozen=True)
class Example:
    """A training example with the situation in the metadata of its block."""

    text: str
    intent: str
    situation: Mapping[str, str]


def examples(folder: Path = TRAINING) -> list[Example]:
    """All training examples, in the order of the files."""
    found: list[Example] = []
    for path in sorted(folder.rglob("*.yml")):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
            if "intent" in block:
                lines = (line.strip() for line in block["examples"].splitlines())
                texts = [line[2:].strip() for line in lines if line.startswith("- ")]
                found.extend(Example(text, block["intent"], block.get("metadata") or {}) for text in texts)
    return found
