"""Renders a turn as texts: one now, the rest on MORE.

Every part is at most :data:`LIMIT` characters of GSM-7. An answer is sent in its short form with notice and referral;
its full text, steps and sections follow on MORE, each part with notice and referral.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from whichpath.channels.choices import Menu
from whichpath.channels.output import Message, data_of
from whichpath.library.gsm7 import size, to_gsm7
from whichpath.library.wording_sms import Wording

LIMIT = 320
_LINE_END = re.compile(r"\n{2,}")


@dataclass(frozen=True)
class Part:
    """One text, and the payloads of its numbers. ``full``: a part of an answer's full text."""

    text: str
    menu: tuple[tuple[str, str], ...] = ()
    full: bool = False

    def kept(self) -> dict[str, object]:
        """As JSON for the thread."""
        return asdict(self)

    @classmethod
    def again(cls, row: dict) -> Part:
        """The inverse of :meth:`kept`."""
        menu = tuple((title, payload) for title, payload in row["menu"])
        return cls(row["text"], menu, bool(row.get("full")))


@dataclass(frozen=True)
class _Block:
    """One message: text, short text, choices, full form, and whether it is optional."""

    text: str
    menu: tuple[tuple[str, str], ...]
    brief: str = ""
    lead: str = ""
    full: str = ""
    lawyer: str = ""
    must: bool = False
    note: bool = False


def _block(message: Message, wording: Wording) -> _Block:
    data = data_of(message)
    menu = tuple((to_gsm7(b["title"]), b["payload"]) for b in message.get("buttons") or ())
    short = data.get("sms")
    legal = bool(data.get("legal"))
    text = to_gsm7(str(short or message.get("text") or "")).strip()
    full = to_gsm7(_full(data, text, wording)).strip() if legal else ""
    brief = wording.questions.get(str(data.get("ask")), "") if data.get("lang") != "es" else ""
    lead = to_gsm7(str(data.get("lead") or "")).strip()
    lawyer = to_gsm7(str(data.get("lawyer_sms") or ""))
    must = legal or bool(data.get("safety"))
    return _Block(text, menu, brief, lead, full, lawyer, must, bool(data.get("guard")))


def _full(data: dict, short: str, wording: Wording) -> str:
    """The content of MORE: the steps, the answer's full text where the short form differs, the sections."""
    steps = [f"{number}. {step}" for number, step in enumerate(data.get("steps") or (), 1)]
    answer = str(data.get("answer") or data.get("body") or "")
    if to_gsm7(answer) in short:
        answer = ""
    elif steps:
        answer = f"{wording.in_full} {answer}"
    return _joined(
        wording.to_do if steps else "",
        *steps,
        answer,
        *(f"{fold['title']}: {fold['text']}" for fold in data.get("sections") or ()),
    )


def numbered(menu: Menu) -> str:
    """``1 First choice``, one line each."""
    return "\n".join(f"{number} {title}" for number, (title, _payload) in enumerate(menu, 1))


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


class Renderer:
    """Makes parts out of messages."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def parts(self, messages: Sequence[Message], hello: str = "") -> list[Part]:
        """The texts of a turn, the first one beginning with ``hello``. At least one, none empty."""
        blocks = [block for block in (_block(message, self.wording) for message in messages) if block.text]
        if len(blocks) > 1:
            said = [block for block in blocks if not block.note]
            blocks = [*said, *(block for block in blocks if block.note)] if said else blocks
        parts = self._packed(self._asking_first(blocks, hello), hello)
        if len(parts) > 1:
            without = [block for block in blocks if not self._spare(block, blocks)]
            parts = min(parts, self._packed(self._asking_first(without, hello), hello), key=len)
        for block in blocks:
            if block.full:
                parts += self._in_full(block)
        return self._with_hints(parts)

    # --- the short forms ---

    def _asking_first(self, blocks: list[_Block], hello: str) -> list[_Block]:
        """Where the greeting leaves room for the question but not for the answer, the question comes first."""
        start = Part(hello)
        if not hello or not blocks or self._join(start, blocks[0], True) is not None:
            return blocks
        last = blocks[-1]
        if last.must or not last.menu or self._join(start, last, True) is None:
            return blocks
        return [last, *blocks[:-1]]

    def _packed(self, blocks: list[_Block], hello: str) -> list[Part]:
        """The blocks in as few parts as possible, with room for a hint in each."""
        parts: list[Part] = []
        current = Part(hello)
        rests = any(block.full for block in blocks)
        for number, block in enumerate(blocks):
            later = rests or number < len(blocks) - 1
            joined = self._join(current, block, later)
            if joined is not None:
                current = joined
                continue
            if block.note and current.text != hello:
                continue
            if current.text == hello and hello:
                current = Part(_joined(hello, self.wording.hello_wait), ())
            if current.text:
                parts.append(current)
            current = self._join(Part(""), block, later) or Part("")
            if not current.text:
                *whole, current = self._split(block)
                parts += whole
        if current.text:
            parts.append(current)
        return parts

    @staticmethod
    def _spare(block: _Block, blocks: list[_Block]) -> bool:
        """A polite line ("Thank you, I have changed that.") that may be dropped."""
        return not block.must and not block.menu and len(block.text) <= 80 and any(b.must or b.menu for b in blocks)

    def _join(self, part: Part, block: _Block, later: bool) -> Part | None:
        """``part`` with ``block`` at its end; ``None`` where it does not fit.

        Text above a question has no numbers of its own, because a number must be unambiguous.
        """
        if part.menu and block.menu:
            part = Part(part.text.rsplit("\n" + numbered(part.menu), 1)[0], ())
        room = LIMIT - (self._least_hint if later else 0)
        if block.brief and size(_joined(part.text, block.text, numbered(block.menu))) > room:
            block = replace(block, text=block.brief)
        lead = block.lead if size(_joined(part.text, block.lead, block.text, numbered(block.menu))) <= room else ""
        text = _joined(part.text, lead, block.text)
        if size(text) > room:
            return None
        if not block.menu:
            return Part(text, part.menu)
        shown = len(block.menu)
        while shown and size(_joined(text, numbered(block.menu[:shown]))) > room:
            shown -= 1
        if shown < len(block.menu) and not block.must:
            return None
        return Part(_joined(text, numbered(block.menu[:shown])), block.menu[:shown])

    @property
    def _least_hint(self) -> int:
        return min(size(hint) for hint in self.wording.more) + 1

    def _split(self, block: _Block) -> list[Part]:
        """A long message without a short form, in parts; its choices are below the last."""
        room = LIMIT - self._least_hint
        texts = pack(block.text, room)
        last = _joined(texts[-1], numbered(block.menu))
        if size(last) <= room:
            return [*map(Part, texts[:-1]), Part(last, block.menu)]
        menus = pack(numbered(block.menu), room)
        first = menus[0]
        shown = first.count("\n") + 1
        return [*map(Part, texts), Part(first, block.menu[:shown])]

    # --- the full answer ---

    def _in_full(self, block: _Block) -> list[Part]:
        tail = "\n" + self.wording.part.format(lawyer=block.lawyer).strip()
        texts = pack(_joined(block.lead, block.full), LIMIT - size(tail) - self._least_hint - len("10/10 "))
        return [Part(f"{number}/{len(texts)} {text}{tail}", full=True) for number, text in enumerate(texts, 1)]

    def _with_hints(self, parts: list[Part]) -> list[Part]:
        return [*(replace(part, text=self._hinted(part.text)) for part in parts[:-1]), *parts[-1:]]

    def _hinted(self, text: str) -> str:
        if text.endswith(self.wording.hello_wait):
            return text
        for hint in self.wording.more:
            if size(text) + 1 + size(hint) <= LIMIT:
                return f"{text}\n{hint}"
        return text


def pack(text: str, room: int) -> list[str]:
    """``text`` in pieces of at most ``room``, cut at lines, then at sentences, then at words."""
    pieces: list[str] = []
    current = ""
    for line in _LINE_END.sub("\n", text.strip()).split("\n"):
        for unit in _units(line.strip(), room):
            joined = _joined(current, unit)
            if size(joined) <= room:
                current = joined
                continue
            kept, _, last = current.rpartition("\n")
            if kept and last.endswith(":") and size(_joined(last, unit)) <= room:
                # A heading stays with its text.
                current, unit = kept, _joined(last, unit)
            pieces.append(current)
            current = unit
    return [piece for piece in [*pieces, current] if piece] or [""]


def _units(line: str, room: int) -> list[str]:
    """A line that fits, else its sentences, else its words, else parts of a word longer than a text."""
    if size(line) <= room:
        return [line]
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.!?;]) ", line):
        for word in [sentence] if size(sentence) <= room else sentence.split(" "):
            pieces += (
                [word] if size(word) <= room else [word[i : i + room // 2] for i in range(0, len(word), room // 2)]
            )
    units: list[str] = []
    for piece in pieces:
        if units and size(units[-1]) + 1 + size(piece) <= room:
            units[-1] = f"{units[-1]} {piece}"
        else:
            units.append(piece)
    return units
