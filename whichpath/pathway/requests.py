"""Unambiguous requests: to erase the conversation, to start again."""

from __future__ import annotations

import re

#: Whole messages with a single meaning.
_THING = r"((my|our|this|the|all|everything|whole|entire) )*(chat|conversation|messages? here|history|data|what i (said|told you|wrote)|everything( i (said|told you|wrote|typed))?|info(rmation)?)"
_PLEASE = r"(please|pls|ok|okay|now|right now|hey|can you|could you|i want you to|i want to|you can|just|and|from (here|this (site|chat|page))|you have( on me)?|about me|for me)"
PLAIN = {
    # The help tells people to send the bare word.
    "erase": re.compile(
        rf"^({_PLEASE} )*((delete|erase|wipe|clear|remove|forget) {_THING}|erase|erase (it|me|all|it all)|borrar( todo)?|"
        rf"borra(r)? (esta|la|mi) conversaci[oó]n)( {_PLEASE})*$",
        re.IGNORECASE,
    ),
    "restart": re.compile(
        rf"^({_PLEASE} )*(restart|start (over|again|anew|fresh)|reset|new (conversation|chat)|begin again|start a new (chat|conversation))"
        rf"( {_PLEASE})*$",
        re.IGNORECASE,
    ),
}


def plain_request(text: str) -> str | None:
    """``erase`` or ``restart`` where the whole message is that request and nothing else."""
    words = re.sub(r"[^\w ]+", " ", text).strip()
    words = re.sub(r" +", " ", words)
    return next((name for name, pattern in PLAIN.items() if pattern.match(words)), None)
