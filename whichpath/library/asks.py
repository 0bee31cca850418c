"""Whether a text has the form of a question, with or without a question mark."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"\?|(?<!there )(?<!it )(?<!he )(?<!she )(?<!i )(?<!we )(?<!they )(?<!order )(?<!hearing )(?<!court )"
    r"\b(can|could|may|do|does|did|will|wo|would|should|is|are|ai|am|was|has|have|shall)(n?['’]?t)? "
    r"(i|we|you|he|she|they|it|my|"
    r"her|his|the|there|that|this|a|an|u)\b|\b(what|whats|how|hows|when|whens|where|wheres|who|whos|why|which|qué|que|"
    r"cómo|como|cuándo|cuando|dónde|donde|quién|quien|puedo|puede)\b|"
    r"\b(?:tell me|let me know|wants? to know|need to know|wonder|wondering|asking) (?:if|whether)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether ``text`` has the form of a question, direct or not ("tell me if …")."""
    return bool(_ASKS.search(text))
