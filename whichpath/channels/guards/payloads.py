"""The button payloads that this bot can issue. Any other text with a leading slash is plain text.

Rasa obeys a typed ``/restart`` or ``/inform{"role": "protected"}``. Here only payloads of our own buttons count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from whichpath.library.entries import load_answers
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.situation import FLAGS, MATTERS, OUTCOMES, ROLES, SIDES, STAGES
from whichpath.library.topics import TOPICS

_DOMAIN = CONTENT.parent / "domain.yml"
_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$", re.DOTALL)

#: Before the value of a button; the keys of a canonical payload are sorted, and "flag" takes none.
_LANGUAGE = re.compile(r'\{"language": "(?:en|es)", (?="(?:matter|outcome|role|side|stage|state)": )')

#: Intents that a button may carry without values, beside the topics.
PLAIN = (
    "affirm",
    "deny",
    "not_sure",
    "something_else",
    "ask_why",
    "correct",
    "help",
    "restart",
    "human",
    "ask_privacy",
    "erase",
    "greet",
)
_VALUES = {"matter": MATTERS, "role": ROLES, "stage": STAGES, "outcome": OUTCOMES, "side": SIDES, "flag": FLAGS}


def canonical(text: str) -> str | None:
    """``text`` in the one form in which payloads are compared; ``None`` where it is no payload.

    >>> canonical('/inform{"role":"protected"}')
    '/inform{"role": "protected"}'
    """
    match = _PAYLOAD.match(text)
    if match is None:
        return None
    if match["entities"] is None:
        return text
    try:
        values = json.loads(match["entities"])
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return f"/{match['intent']}{json.dumps(values, sort_keys=True)}"


def _buttons(node: Any) -> Iterator[str]:
    """Every ``payload`` below ``node``."""
    if isinstance(node, dict):
        if isinstance(node.get("payload"), str):
            yield node["payload"]
        for value in node.values():
            yield from _buttons(value)
    elif isinstance(node, list):
        for value in node:
            yield from _buttons(value)


@lru_cache(maxsize=1)
def issued(domain: Path = _DOMAIN, states: Path = CONTENT / "states") -> frozenset[str]:
    """Every payload that this bot can issue, in canonical form."""
    responses: Any = {}
    if domain.exists():
        responses = (read_yaml(domain) or {}).get("responses")
    values = {**_VALUES, "state": tuple(path.stem for path in states.glob("*.yml"))}
    payloads = [f"/{name}" for name in (*TOPICS, *PLAIN)]
    payloads += [f'/inform{{"{name}": "{value}"}}' for name, allowed in values.items() for value in allowed]
    payloads += _buttons(responses)
    payloads += [entry.payload for entry in load_answers()]
    return frozenset(form for form in map(canonical, payloads) if form is not None)


def without_language(form: str) -> str:
    """A canonical payload without the ``language`` that a page adds after the language was switched.

    >>> without_language('/inform{"language": "es", "role": "protected"}')
    '/inform{"role": "protected"}'
    """
    return _LANGUAGE.sub("{", form) if form.startswith("/inform{") else form


def as_issued(text: str) -> str | None:
    """``text`` in canonical form where it is a payload of ours, else ``None``."""
    form = canonical(text)
    return form if form is not None and without_language(form) in issued() else None
