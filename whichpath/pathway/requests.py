"""Requests that can mean nothing else: to erase the conversation, to start anew."""

from __future__ import annotations

import re

#: Words that ask for one thing and can mean no other, as the whole message.
_THING = r"((my|our|this|the|all|everything|whole|entire) )*(chat|conversation|messages? here|history|data|what i (said|told you|wrote)|everything( i (said|told you|wrote|typed))?|info(rmation)?)"
_PLEASE = r"(please|pls|ok|okay|now|right now|hey|can you|could you|i want you to|i want to|you can|just|and|from (here|this (site|chat|page))|you have( on me)?|about me|for me)"
PLAIN = {
    # The bare word is what the help tells people to say.
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
    """``erase`` or ``restart`` where the whole message asks for that and can mean nothing else."""
    words = re.sub(r"[^\w ]+", " ", text).strip()
    words = re.sub(r" +", " ", words)
    return next((name for name, pattern in PLAIN.items() if pattern.match(words)), None)
